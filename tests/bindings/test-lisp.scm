;; SPDX-License-Identifier: LGPL-2.1-or-later
;; What examples/lisp/gsock.scm says of gsock is true in Guile. Prints TAP.

(use-modules (gsock)
             (ice-9 exceptions)
             (ice-9 ftw)
             (ice-9 receive)
             (ice-9 regex)
             (rnrs bytevectors)
             (srfi srfi-1))

(define number 0)
(define failed #f)

(define (tell name good)
  (set! number (+ number 1))
  (unless good (set! failed #t))
  (format #t "~a ~a - ~a\n" (if good "ok" "not ok") number name))

(define (code-of thunk)
  (with-exception-handler
      (lambda (exception)
        (if (gsock-error? exception)
            (list (gsock-error-code exception) (exception-message exception))
            'another))
    (lambda () (thunk) #f)
    #:unwind? #t))

(define-syntax-rule (test-error name code pattern form)
  (tell name
        (let ((found (code-of (lambda () form))))
          (and (pair? found) (eq? (car found) code) (string-match pattern (cadr found)) #t))))

(define (descriptors)
  (length (scandir "/proc/self/fd")))

(define-syntax-rule (with-pair (client peer) body ...)
  (with-open-socket (server (make-socket #:connect 'passive #:local-host "127.0.0.1"))
    (with-open-socket (client (make-socket #:remote-host "127.0.0.1" #:remote-port (local-port server)))
      (with-open-socket (peer (accept-connection server #:timeout 5)) body ...))))

(define (receive-all socket size)
  (let more ((got '()) (count 0))
    (if (= count size)
        (apply append (map bytevector->u8-list (reverse got)))
        (let ((bytes (receive-from socket #:timeout 5)))
          (more (cons bytes got) (+ count (bytevector-length bytes)))))))

(define (test-payload size)
  (with-pair (client peer)
    (let ((data (u8-list->bytevector (map (lambda (i) (modulo (* i 7) 256)) (iota size)))))
      (send-to client data #:timeout 5)
      (tell (format #f "~a bytes arrive as they were sent" size)
            (equal? (receive-all peer size) (bytevector->u8-list data))))))

(define (test-empty-datagram)
  (with-open-socket (socket (make-socket #:type 'datagram #:local-host "127.0.0.1"))
    (send-to socket "" #:remote-host "127.0.0.1" #:remote-port (local-port socket))
    (receive (data host port) (receive-from socket #:timeout 5)
      (tell "an empty datagram has a sender"
            (and (zero? (bytevector-length data)) (equal? host "127.0.0.1") (= port (local-port socket)))))))

(define (test-kinds)
  (with-open-socket (socket (make-socket #:type 'datagram #:local-host "127.0.0.1" #:local-port 0
                                         #:timeout 0.01 #:reuse-address #t))
    (test-error "a symbol, a string, an integer, a real and a boolean" 'timed-out "receive-from" (receive-from socket))
    (tell "an empty list is no value" (eq? (code-of (lambda () (send-to socket "x" #:remote-port '()))) 'another))
    (tell "a keyword needs a value" (eq? (code-of (lambda () (send-to socket "x" #:remote-port))) 'another))))

(define (test-errors)
  (test-error "an unknown keyword" 'unknown-keyword "remote-hots.*remote-host" (make-socket #:remote-hots "::1"))
  (test-error "an unknown name" 'invalid-keyword "dragon" (make-socket #:type 'dragon))
  (test-error "a port that is none" 'out-of-range "70000" (make-socket #:local-port 70000))
  (with-open-socket (server (make-socket #:connect 'passive #:local-host "127.0.0.1"))
    (test-error "nobody comes" 'timed-out "accept-connection" (accept-connection server #:timeout 0.01))
    (test-error "nobody is there" 'would-block "accept-connection" (accept-connection server #:wait #f))
    (close-socket server)
    (test-error "a closed socket" 'closed "closed" (accept-connection server))))

(define (test-abandoned)
  (let ((before (descriptors)))
    (let more ((n 200))
      (when (> n 0)
        (make-socket #:type 'datagram #:local-host "127.0.0.1")
        (more (- n 1))))
    (gc)
    (let wait ((n 500))
      (when (and (> n 0) (> (descriptors) (+ before 50)))
        (usleep 10000)
        (gc)
        (wait (- n 1))))
    (tell "sockets that nobody holds are collected" (<= (descriptors) (+ before 50)))))

(define (test-tour file)
  (let ((said (with-output-to-string (lambda () (load file)))))
    (tell "the tour says what it should"
          (every (lambda (line) (string-contains said line))
                 '("\"hi alice\" from 127.0.0.1, which is bob" "and then: timed-out" "at once: would-block"
                   "accepted, and told: \"a line\\n\"" "at the end there are 0 bytes"
                   "nobody listens: connection-refused" "a slip: unknown-keyword")))))

(with-open-socket (socket (make-socket #:type 'datagram)) socket)
(define before (begin (gc) (descriptors)))
(for-each test-payload '(1 1500 65536))
(test-empty-datagram)
(test-kinds)
(test-errors)
(tell "no descriptor is left open" (<= (descriptors) (+ before 1)))
(test-abandoned)
(test-tour (cadr (command-line)))
(format #t "1..~a\n" number)
(exit (not failed))
