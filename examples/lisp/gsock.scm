;; SPDX-License-Identifier: LGPL-2.1-or-later
;; gsock for Guile, by its foreign function interface: the operators make-socket, send-to, receive-from
;; and accept-connection, with their keywords as Scheme has them.
;;
;; Enumerations are symbols, strings go as UTF-8, and #f is a boolean: leave a keyword out to say nothing.

(define-module (gsock)
  #:use-module (ice-9 exceptions)
  #:use-module (ice-9 match)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (system foreign)
  #:use-module (system foreign-library)
  #:export (make-socket accept-connection send-to receive-from close-socket shut-down
            local-port with-open-socket
            &gsock-error gsock-error? gsock-error-code))

(define library (load-foreign-library "libgsock-1.so.0"))
(define (foreign name result . arguments)
  (foreign-library-function library name #:return-type result #:arg-types arguments))

(define g-free (foreign-library-pointer library "g_free"))
(define g-object-unref (foreign-library-pointer library "g_object_unref"))
(define g-address-free (foreign-library-pointer library "gsock_address_free"))

;;; Values: an array of GValue, each a GType and two words.

(define value-size (+ (sizeof size_t) (* 2 (sizeof uint64))))
(define type-from-name (foreign "g_type_from_name" size_t '*))
(define value-init (foreign "g_value_init" '* '* size_t))
(define value-unset (foreign "g_value_unset" void '*))
(define set-boolean (foreign "g_value_set_boolean" void '* int))
(define set-int64 (foreign "g_value_set_int64" void '* int64))
(define set-double (foreign "g_value_set_double" void '* double))
(define set-string (foreign "g_value_set_string" void '* '*))

(define (set-text room text)
  (set-string room (string->pointer text "UTF-8")))

;; What a datum of Scheme is to GObject. gsock converts numbers, and takes the names of enumerations.
(define kinds
  (list (list boolean? "gboolean" (lambda (room datum) (set-boolean room (if datum 1 0))))
        (list exact-integer? "gint64" set-int64)
        (list real? "gdouble" set-double)
        (list string? "gchararray" set-text)
        (list symbol? "gchararray" (lambda (room datum) (set-text room (symbol->string datum))))))

(define (fill-value room datum)
  (match (find (lambda (kind) ((car kind) datum)) kinds)
    ((_ type set)
     (value-init room (type-from-name (string->pointer type)))
     (set room datum))
    (#f (error "gsock has no keyword that takes this" datum))))

(define intern (foreign "g_intern_string" '* '*))

;; Calls (use NAMES VALUES COUNT) with the keywords as the arrays that gsock takes.
(define (call-with-keywords arguments use)
  (let* ((count (quotient (length arguments) 2))
         (names (make-bytevector (* (sizeof '*) (+ count 1)) 0))
         (values (make-bytevector (max 1 (* value-size count)) 0))
         (room (lambda (i) (bytevector->pointer values (* i value-size))))
         (filled 0))
    (dynamic-wind
      (const #t)
      (lambda ()
        (let fill ((i 0) (rest arguments))
          (match rest
            (() #t)
            (((? keyword? keyword) datum . rest)
             (let ((name (intern (string->pointer (symbol->string (keyword->symbol keyword))))))
               (bytevector-uint-set! names (* i (sizeof '*)) (pointer-address name)
                                     (native-endianness) (sizeof '*))
               (fill-value (room i) datum)
               (set! filled (+ i 1))
               (fill (+ i 1) rest)))
            (_ (error "keywords and their values were expected" rest))))
        (use (bytevector->pointer names) (bytevector->pointer values) count))
      (lambda ()
        (for-each (lambda (i) (value-unset (room i))) (iota filled))
        (set! filled 0)))))

;;; Errors: exceptions with the code as a symbol, such as connection-refused.

(define-exception-type &gsock-error &external-error make-gsock-error gsock-error?
  (code gsock-error-code))

(define error-domain (foreign "gsock_error_quark" uint32))
(define error-type (foreign "gsock_error_get_type" size_t))
(define error-free (foreign "g_error_free" void '*))
(define class-ref (foreign "g_type_class_ref" '* size_t))
(define enum-value (foreign "g_enum_get_value" '* '* int))

(define (error-nick domain code)
  (if (= domain (error-domain))
      (match (parse-c-struct (enum-value (class-ref (error-type)) code) (list int '* '*))
        ((_ _ nick) (string->symbol (pointer->string nick))))
      'failed))

(define (raise-error pointer)
  (match (parse-c-struct pointer (list uint32 int '*))
    ((domain code message)
     (let ((exception (make-exception (make-gsock-error (error-nick domain code))
                                      (make-exception-with-message (pointer->string message -1 "UTF-8")))))
       (error-free pointer)
       (raise-exception exception)))))

;; A place for a pointer that a function fills in.
(define (make-place) (make-bytevector (sizeof '*) 0))
(define (place-pointer place) (bytevector->pointer place))
(define (place-value place)
  (make-pointer (bytevector-uint-ref place 0 (native-endianness) (sizeof '*))))

;; (checked CALL): what (CALL ERROR) gives, unless it left an error behind.
(define (checked call)
  (let* ((place (make-place))
         (result (call (place-pointer place)))
         (problem (place-value place)))
    (unless (null-pointer? problem)
      (raise-error problem))
    result))

;;; Sockets: pointers that let go of their object when they are collected.

(define (adopt pointer)
  (make-pointer (pointer-address pointer) g-object-unref))

(define make-with-keywords
  (foreign "gsock_make_socket_with_keywords" '* '* '* unsigned-int '* '*))

(define (make-socket . keywords)
  (adopt (call-with-keywords keywords
           (lambda (names values count)
             (checked (lambda (problem) (make-with-keywords names values count %null-pointer problem)))))))

(define accept-with-keywords
  (foreign "gsock_passive_socket_accept_connection_with_keywords" '* '* '* '* unsigned-int '* '*))

(define (accept-connection socket . keywords)
  (adopt (call-with-keywords keywords
           (lambda (names values count)
             (checked (lambda (problem)
                        (accept-with-keywords socket names values count %null-pointer problem)))))))

(define close-by-force (foreign "gsock_socket_close" int '* int '*))
(define (close-socket socket)
  (checked (lambda (problem) (close-by-force socket 0 problem)))
  (values))

(define shut-down-halves (foreign "gsock_socket_shutdown" int '* int int '*))
(define* (shut-down socket #:key read write)
  (checked (lambda (problem) (shut-down-halves socket (if read 1 0) (if write 1 0) problem)))
  (values))

(define local-port (foreign "gsock_socket_get_local_port" int '*))

(define-syntax-rule (with-open-socket (name form) body ...)
  (let ((name form))
    (dynamic-wind (const #t) (lambda () body ...) (lambda () (close-socket name)))))

;;; Data

(define send-with-keywords
  (foreign "gsock_socket_send_to_with_keywords" ssize_t '* '* size_t '* '* unsigned-int '* '*))

;; Sends a string or a bytevector, and tells how many bytes went.
(define (send-to socket data . keywords)
  (let ((bytes (if (string? data) (string->utf8 data) data)))
    (call-with-keywords keywords
      (lambda (names values count)
        (checked (lambda (problem)
                   (send-with-keywords socket (bytevector->pointer bytes) (bytevector-length bytes)
                                       names values count %null-pointer problem)))))))

(define receive-with-keywords
  (foreign "gsock_socket_receive_from_with_keywords" '* '* size_t '* '* unsigned-int '* '* '* '* '* '*))
(define address-host (foreign "gsock_address_get_host" '* '*))
(define address-port (foreign "gsock_address_get_port" unsigned-int '*))

(define (sender-values pointer)
  (if (null-pointer? pointer)
      (values #f #f)
      (let* ((sender (make-pointer (pointer-address pointer) g-address-free))
             (host (address-host sender)))
        (if (null-pointer? host)
            (values #f #f)
            (values (pointer->string (make-pointer (pointer-address host) g-free))
                    (address-port sender))))))

(define (copy-bytes pointer length)
  (if (zero? length)
      (make-bytevector 0)
      (bytevector-copy (pointer->bytevector (make-pointer (pointer-address pointer) g-free) length))))

;; Three values: the bytes that came, and the host and port of who sent them; #f on a stream.
(define* (receive-from socket #:key (size 65536) #:allow-other-keys #:rest arguments)
  (let* ((length (make-place))
         (sender (make-place))
         (keywords (let strip ((rest arguments))
                     (match rest
                       (() '())
                       ((#:size _ . rest) (strip rest))
                       ((keyword datum . rest) (cons* keyword datum (strip rest))))))
         (data (call-with-keywords keywords
                 (lambda (names values count)
                   (checked (lambda (problem)
                              (receive-with-keywords socket size names values count (place-pointer length)
                                                     (place-pointer sender) %null-pointer %null-pointer
                                                     %null-pointer problem))))))
         (bytes (copy-bytes data (pointer-address (place-value length)))))
    (call-with-values (lambda () (sender-values (place-value sender)))
      (lambda (host port) (values bytes host port)))))
