;; SPDX-License-Identifier: LGPL-2.1-or-later
;; A tour from Guile: a datagram with its sender, a connection, and the errors by name.
;;
;;   guile -L examples/lisp examples/lisp/tour.scm

(use-modules (gsock)
             (ice-9 exceptions)
             (ice-9 receive)
             (rnrs bytevectors))

(define (show text . arguments)
  (apply format #t text arguments)
  (newline))

;; The code of the error that calling it raises, or #f.
(define (code-of thunk)
  (with-exception-handler
      (lambda (exception) (gsock-error-code exception))
    (lambda () (thunk) #f)
    #:unwind? #t
    #:unwind-for-type &gsock-error))

(with-open-socket (alice (make-socket #:type 'datagram #:local-host "127.0.0.1"))
  (with-open-socket (bob (make-socket #:type 'datagram #:local-host "127.0.0.1"))
    (send-to bob "hi alice" #:remote-host "127.0.0.1" #:remote-port (local-port alice))
    (receive (data host port) (receive-from alice #:size 1500 #:timeout 5)
      (show "~s from ~a, ~a" (utf8->string data) host
            (if (= port (local-port bob)) "which is bob" "a stranger")))
    (show "and then: ~a" (code-of (lambda () (receive-from alice #:timeout 0.05))))
    (show "at once: ~a" (code-of (lambda () (receive-from alice #:wait #f))))))

(define port
  (with-open-socket (server (make-socket #:connect 'passive #:local-host "127.0.0.1" #:backlog 5))
    (with-open-socket (client (make-socket #:remote-host "localhost" #:remote-port (local-port server)
                                           #:tcp-nodelay #t))
      (with-open-socket (peer (accept-connection server #:timeout 5))
        (send-to client "a line\n")
        (show "accepted, and told: ~s" (utf8->string (receive-from peer #:timeout 5)))
        (shut-down client #:write #t)
        (show "at the end there are ~a bytes" (bytevector-length (receive-from peer #:timeout 5)))))
    (local-port server)))

(show "nobody listens: ~a" (code-of (lambda () (make-socket #:remote-host "127.0.0.1" #:remote-port port))))
(show "a slip: ~a" (code-of (lambda () (make-socket #:remote-hots "127.0.0.1"))))
