;;;; SPDX-License-Identifier: LGPL-2.1-or-later
;;;; gsock for Common Lisp, by CFFI: the operators make-socket, send-to, receive-from and accept-connection,
;;;; with the keywords that IOlib's have, and conditions that carry IOlib's names.

(require :asdf)
(handler-bind ((warning #'muffle-warning))
  (let ((*standard-output* (make-broadcast-stream)))
    (asdf:load-system :cffi)))

(defpackage :gsock
  (:use :common-lisp :cffi)
  (:export #:make-socket #:accept-connection #:send-to #:receive-from #:close-socket #:shut-down
           #:local-port #:with-open-socket #:with-accept-connection
           #:socket-error #:socket-error-code #:socket-error-condition))

(in-package :gsock)

(define-foreign-library libgsock
  (:unix "libgsock-1.so.0"))
(use-foreign-library libgsock)

;;; Values: an array of GValue, each a GType and two words.

(defctype gtype :size)

(defcstruct gvalue
  (g-type gtype)
  (data :uint64 :count 2))

(defcfun "g_type_from_name" gtype (name :string))
(defcfun "g_intern_string" :pointer (text :string))
(defcfun "g_value_init" :pointer (value :pointer) (type gtype))
(defcfun "g_value_unset" :void (value :pointer))
(defcfun "g_value_set_boolean" :void (value :pointer) (datum :boolean))
(defcfun "g_value_set_int64" :void (value :pointer) (datum :int64))
(defcfun "g_value_set_double" :void (value :pointer) (datum :double))
(defcfun "g_value_set_string" :void (value :pointer) (datum :string))

(defun fill-value (value datum)
  "What a datum of Lisp is to GObject: gsock converts numbers, and takes the names of enumerations."
  (flet ((put (type set datum)
           (g-value-init value (g-type-from-name type))
           (funcall set value datum)))
    (etypecase datum
      (boolean (put "gboolean" #'g-value-set-boolean datum))
      (integer (put "gint64" #'g-value-set-int64 datum))
      (real (put "gdouble" #'g-value-set-double (coerce datum 'double-float)))
      (string (put "gchararray" #'g-value-set-string datum))
      (symbol (put "gchararray" #'g-value-set-string (string-downcase datum))))))

(defun call-with-keywords (keywords use)
  "Calls USE with the names, the values and their number, as the arrays that gsock takes."
  (let ((count (floor (length keywords) 2)))
    (with-foreign-objects ((names :pointer (1+ count))
                           (values '(:struct gvalue) (max 1 count)))
      (let ((filled 0))
        (unwind-protect
             (loop for (name datum) on keywords by #'cddr
                   for i from 0
                   for value = (mem-aptr values '(:struct gvalue) i)
                   do (setf (mem-aref names :pointer i) (g-intern-string (string-downcase name))
                            (foreign-slot-value value '(:struct gvalue) 'g-type) 0)
                      (dotimes (word 2)
                        (setf (mem-aref (foreign-slot-pointer value '(:struct gvalue) 'data) :uint64 word) 0))
                      (fill-value value datum)
                      (setf filled (1+ i))
                   finally (setf (mem-aref names :pointer count) (null-pointer))
                           (return (funcall use names values count)))
          (dotimes (i filled)
            (g-value-unset (mem-aptr values '(:struct gvalue) i))))))))

;;; Conditions

(define-condition socket-error (error)
  ((code :initarg :code :reader socket-error-code
         :documentation "What gsock calls it, such as :CONNECTION-REFUSED.")
   (condition :initarg :condition :reader socket-error-condition
              :documentation "What IOlib signals in the same case, or NIL.")
   (message :initarg :message :reader socket-error-message))
  (:report (lambda (condition stream)
             (write-string (socket-error-message condition) stream))))

(defcstruct gerror
  (domain :uint32)
  (code :int)
  (message :string))

(defcstruct enum-value
  (value :int)
  (name :string)
  (nick :string))

(defcfun "gsock_error_quark" :uint32)
(defcfun "gsock_error_get_type" gtype)
(defcfun "gsock_error_to_condition" :string (code :int))
(defcfun "g_type_class_ref" :pointer (type gtype))
(defcfun "g_enum_get_value" :pointer (class :pointer) (value :int))
(defcfun "g_error_free" :void (problem :pointer))

(defun to-keyword (text)
  (and text (intern (string-upcase text) :keyword)))

(defun error-nick (code)
  (foreign-slot-value (g-enum-get-value (g-type-class-ref (gsock-error-get-type)) code)
                      '(:struct enum-value) 'nick))

(defun signal-problem (problem)
  (unwind-protect
       (with-foreign-slots ((domain code message) problem (:struct gerror))
         (let ((ours (= domain (gsock-error-quark))))
           (error 'socket-error :code (if ours (to-keyword (error-nick code)) :failed)
                                :condition (and ours (to-keyword (gsock-error-to-condition code)))
                                :message message)))
    (g-error-free problem)))

(defmacro checked ((problem) form)
  "What FORM gives, unless it leaves an error in the place PROBLEM."
  `(with-foreign-object (,problem :pointer)
     (setf (mem-ref ,problem :pointer) (null-pointer))
     (prog1 ,form
       (unless (null-pointer-p (mem-ref ,problem :pointer))
         (signal-problem (mem-ref ,problem :pointer))))))

;;; Sockets: pointers of their own kind, so that generic functions can tell them

(defclass socket ()
  ((pointer :initarg :pointer :reader socket-pointer)))

(defcfun "g_object_unref" :void (object :pointer))

(defun adopt (pointer)
  "The socket lets go of its object when it is collected."
  (let ((socket (make-instance 'socket :pointer pointer)))
    (sb-ext:finalize socket (lambda () (g-object-unref pointer)) :dont-save t)
    socket))

(defcfun "gsock_make_socket_with_keywords" :pointer
  (names :pointer) (values :pointer) (count :uint) (cancellable :pointer) (problem :pointer))
(defcfun "gsock_passive_socket_accept_connection_with_keywords" :pointer
  (socket :pointer) (names :pointer) (values :pointer) (count :uint) (cancellable :pointer) (problem :pointer))
(defcfun "gsock_socket_close" :boolean (socket :pointer) (abort :boolean) (problem :pointer))
(defcfun "gsock_socket_shutdown" :boolean (socket :pointer) (read :boolean) (write :boolean) (problem :pointer))
(defcfun "gsock_socket_get_local_port" :int (socket :pointer))

(defun make-socket (&rest keywords)
  (adopt (call-with-keywords keywords
           (lambda (names values count)
             (checked (problem)
               (gsock-make-socket-with-keywords names values count (null-pointer) problem))))))

(defun accept-connection (socket &rest keywords)
  (adopt (call-with-keywords keywords
           (lambda (names values count)
             (checked (problem)
               (gsock-passive-socket-accept-connection-with-keywords
                (socket-pointer socket) names values count (null-pointer) problem))))))

(defun close-socket (socket &key abort)
  (checked (problem) (gsock-socket-close (socket-pointer socket) abort problem)))

(defun shut-down (socket &key read write)
  (checked (problem) (gsock-socket-shutdown (socket-pointer socket) read write problem)))

(defun local-port (socket)
  (gsock-socket-get-local-port (socket-pointer socket)))

(defmacro with-socket-closed ((name form) &body body)
  `(let ((,name ,form))
     (unwind-protect (progn ,@body)
       (close-socket ,name))))

(defmacro with-open-socket ((name &rest keywords) &body body)
  `(with-socket-closed (,name (make-socket ,@keywords)) ,@body))

(defmacro with-accept-connection ((name passive &rest keywords) &body body)
  `(with-socket-closed (,name (accept-connection ,passive ,@keywords)) ,@body))

;;; Data

(defcfun "gsock_socket_send_to_with_keywords" :ssize
  (socket :pointer) (data :pointer) (length :size) (names :pointer) (values :pointer) (count :uint)
  (cancellable :pointer) (problem :pointer))
(defcfun "gsock_socket_receive_from_with_keywords" :pointer
  (socket :pointer) (size :size) (names :pointer) (values :pointer) (count :uint) (length :pointer)
  (sender :pointer) (flags :pointer) (full-length :pointer) (cancellable :pointer) (problem :pointer))
(defcfun "gsock_address_get_host" :pointer (address :pointer))
(defcfun "gsock_address_get_port" :uint (address :pointer))
(defcfun "gsock_address_free" :void (address :pointer))
(defcfun "g_free" :void (memory :pointer))

(deftype octets () '(simple-array (unsigned-byte 8) (*)))

(defun to-octets (data)
  (coerce (if (stringp data) (sb-ext:string-to-octets data :external-format :utf-8) data) 'octets))

(defun send-to (socket data &rest keywords)
  "Sends a string or a vector of octets, and tells how many went."
  (let ((octets (to-octets data)))
    (call-with-keywords keywords
      (lambda (names values count)
        (with-pointer-to-vector-data (pointer octets)
          (checked (problem)
            (gsock-socket-send-to-with-keywords (socket-pointer socket) pointer (length octets)
                                                names values count (null-pointer) problem)))))))

(defun sender-values (address)
  (unless (null-pointer-p address)
    (let ((host (gsock-address-get-host address)))
      (unwind-protect
           (unless (null-pointer-p host)
             (values (foreign-string-to-lisp host) (gsock-address-get-port address)))
        (g-free host)
        (gsock-address-free address)))))

(defun take-octets (pointer length)
  (let ((octets (make-array length :element-type '(unsigned-byte 8))))
    (with-pointer-to-vector-data (room octets)
      (foreign-funcall "memcpy" :pointer room :pointer pointer :size length :pointer))
    (g-free pointer)
    octets))

(defun without (name keywords)
  (loop for (key datum) on keywords by #'cddr
        unless (eq key name)
          append (list key datum)))

(defun receive-from (socket &rest keywords &key (size 65536) &allow-other-keys)
  "The octets that came, and the host and port of who sent them; NIL on a stream."
  (with-foreign-objects ((length :size) (sender :pointer))
    (setf (mem-ref sender :pointer) (null-pointer))
    (let ((data (call-with-keywords (without :size keywords)
                  (lambda (names values count)
                    (checked (problem)
                      (gsock-socket-receive-from-with-keywords
                       (socket-pointer socket) size names values count length sender
                       (null-pointer) (null-pointer) (null-pointer) problem))))))
      (multiple-value-call #'values
        (take-octets data (mem-ref length :size))
        (sender-values (mem-ref sender :pointer))))))
