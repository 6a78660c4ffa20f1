;;;; SPDX-License-Identifier: LGPL-2.1-or-later
;;;; What examples/lisp/gsock.lisp says of gsock is true in Common Lisp. Prints TAP.
;;;;
;;;;   sbcl --script test-lisp.lisp FOLDER-OF-THE-EXAMPLE

(defvar *folder* (parse-namestring (concatenate 'string (second sb-ext:*posix-argv*) "/")))
(load (merge-pathnames "gsock.lisp" *folder*))

(defpackage :test-lisp
  (:use :common-lisp :gsock))

(in-package :test-lisp)

(defvar *number* 0)
(defvar *failed* nil)

(defun tell (name good)
  (unless good (setf *failed* t))
  (format t "~:[not ok~;ok~] ~d - ~a~%" good (incf *number*) name))

(defmacro test-error ((name code text) &body body)
  `(tell ,name
         (handler-case (progn ,@body nil)
           (socket-error (problem)
             (and (eq (socket-error-code problem) ,code)
                  (search ,text (princ-to-string problem)))))))

;; The folder of them is no help: what the collector closes while it is read has no name any more.
(defconstant +get-flags+ 1)

(defun descriptors ()
  (loop for fd below 1024
        count (>= (sb-alien:alien-funcall (sb-alien:extern-alien "fcntl" (function sb-alien:int sb-alien:int sb-alien:int))
                                          fd +get-flags+)
                  0)))

(defmacro with-pair ((client peer) &body body)
  (let ((server (gensym)))
    `(with-open-socket (,server :connect :passive :local-host "127.0.0.1")
       (with-open-socket (,client :remote-host "127.0.0.1" :remote-port (local-port ,server))
         (with-accept-connection (,peer ,server :timeout 5)
           ,@body)))))

(defun receive-all (socket size)
  (loop with all = #()
        while (< (length all) size)
        do (setf all (concatenate 'vector all (receive-from socket :timeout 5)))
        finally (return all)))

(defun test-payload (size)
  (with-pair (client peer)
    (let ((data (make-array size :element-type '(unsigned-byte 8))))
      (dotimes (i size) (setf (aref data i) (mod (* i 7) 256)))
      (send-to client data :timeout 5)
      (tell (format nil "~d octets arrive as they were sent" size)
            (equalp (receive-all peer size) data)))))

(defun test-empty-datagram ()
  (with-open-socket (socket :type :datagram :local-host "127.0.0.1")
    (send-to socket "" :remote-host "127.0.0.1" :remote-port (local-port socket))
    (multiple-value-bind (data host port) (receive-from socket :timeout 5)
      (tell "an empty datagram has a sender"
            (and (zerop (length data)) (equal host "127.0.0.1") (= port (local-port socket)))))))

(defun test-kinds ()
  (with-open-socket (socket :type :datagram :local-host "127.0.0.1" :local-port 0 :timeout 0.01 :reuse-address t)
    (test-error ("a symbol, a string, an integer, a real and a boolean" :timed-out "receive-from")
      (receive-from socket))
    (tell "a vector is no value"
          (handler-case (progn (send-to socket "x" :remote-port #(1)) nil)
            (type-error () t)))))

(defun test-errors ()
  (test-error ("an unknown keyword" :unknown-keyword "remote-hots") (make-socket :remote-hots "::1"))
  (test-error ("an unknown name" :invalid-keyword "dragon") (make-socket :type :dragon))
  (test-error ("a port that is none" :out-of-range "70000") (make-socket :local-port 70000))
  (with-open-socket (server :connect :passive :local-host "127.0.0.1")
    (test-error ("nobody comes" :timed-out "accept-connection") (accept-connection server :timeout 0.01))
    (test-error ("nobody is there" :would-block "accept-connection") (accept-connection server :wait nil))
    (close-socket server)
    (test-error ("a closed socket" :closed "closed") (accept-connection server))))

(defun test-abandoned ()
  (let ((before (descriptors)))
    (dotimes (i 200)
      (make-socket :type :datagram :local-host "127.0.0.1"))
    (loop repeat 500
          do (sb-ext:gc :full t)
          while (> (descriptors) (+ before 50))
          do (sleep 0.01))
    (tell "sockets that nobody holds are collected" (<= (descriptors) (+ before 50)))))

(defun test-tour ()
  (let ((said (with-output-to-string (*standard-output*)
                (load (merge-pathnames "tour.lisp" cl-user::*folder*)))))
    (tell "the tour says what it should"
          (every (lambda (line) (search line said))
                 '("\"hi alice\" from 127.0.0.1, which is bob" "and then: timed-out" "at once: would-block"
                   "accepted, and told: \"a line\"" "at the end there are 0 bytes"
                   "connection-refused, which IOlib calls socket-connection-refused-error"
                   "a slip: unknown-keyword")))))

(with-open-socket (socket :type :datagram) socket)
(let ((before (descriptors)))
  (mapc #'test-payload '(1 1500 65536))
  (test-empty-datagram)
  (test-kinds)
  (test-errors)
  (sb-ext:gc :full t)
  (tell "no descriptor is left open" (<= (descriptors) (1+ before))))
(test-abandoned)
(test-tour)
(format t "1..~d~%" *number*)
(sb-ext:exit :code (if *failed* 1 0))
