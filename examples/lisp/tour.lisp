;;;; SPDX-License-Identifier: LGPL-2.1-or-later
;;;; A tour from Common Lisp: a datagram with its sender, a connection, and the errors by name.
;;;;
;;;;   sbcl --script examples/lisp/tour.lisp

(load (merge-pathnames "gsock.lisp" *load-truename*))

(defpackage :tour
  (:use :common-lisp :gsock))

(in-package :tour)

(defun show (control &rest arguments)
  (format t "~?~%" control arguments))

(defun text (octets)
  (sb-ext:octets-to-string octets :external-format :utf-8))

(defmacro code-of (&body body)
  "The code of the error that the body signals, or NIL."
  `(handler-case (progn ,@body nil)
     (socket-error (problem) (socket-error-code problem))))

(with-open-socket (alice :type :datagram :local-host "127.0.0.1")
  (with-open-socket (bob :type :datagram :local-host "127.0.0.1")
    (send-to bob "hi alice" :remote-host "127.0.0.1" :remote-port (local-port alice))
    (multiple-value-bind (data host port) (receive-from alice :size 1500 :timeout 5)
      (show "~s from ~a, ~:[a stranger~;which is bob~]" (text data) host (= port (local-port bob))))
    (show "and then: ~(~a~)" (code-of (receive-from alice :timeout 0.05)))
    (show "at once: ~(~a~)" (code-of (receive-from alice :wait nil)))))

(defvar *port*
  (with-open-socket (server :connect :passive :local-host "127.0.0.1" :backlog 5)
    (with-open-socket (client :remote-host "localhost" :remote-port (local-port server) :tcp-nodelay t)
      (with-accept-connection (peer server :timeout 5)
        (send-to client "a line")
        (show "accepted, and told: ~s" (text (receive-from peer :timeout 5)))
        (shut-down client :write t)
        (show "at the end there are ~d bytes" (length (receive-from peer :timeout 5)))))
    (local-port server)))

(handler-case (make-socket :remote-host "127.0.0.1" :remote-port *port*)
  (socket-error (problem)
    (show "nobody listens: ~(~a~), which IOlib calls ~(~a~)"
          (socket-error-code problem) (socket-error-condition problem))))
(show "a slip: ~(~a~)" (code-of (make-socket :remote-hots "127.0.0.1")))
