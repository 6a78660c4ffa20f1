# SPDX-License-Identifier: LGPL-2.1-or-later
# What gsock reports, as exceptions of Ruby: a class per code, such as GSock::Error::TimedOut or in short
# GSock::TimedOut, which is rescued by the class of Errno that means the same as well.

module GSock
  class Error
    # What only gsock can find out has no number of the kernel, and one has two; these are what Ruby's sockets
    # give.
    NUMBERS = { CLOSED: Errno::EBADF::Errno, ENDPOINT_SHUTDOWN: Errno::EPIPE::Errno, TIMED_OUT: Errno::ETIMEDOUT::Errno }.freeze
    private_constant :NUMBERS

    # By it the classes of Errno know what is theirs; nil where the kernel has no such error.
    def errno
      self.class::ERRNO
    end

    constants.grep(/\A[A-Z_]+\z/).each do |name|
      code = const_get(name)
      next unless code.is_a?(Integer)

      number = GSock.error_to_errno(code)
      kind = const_get(name.to_s.split('_').map(&:capitalize).join)
      kind.const_set(:ERRNO, NUMBERS[name] || (number unless number.zero?))
      GSock.const_set(kind.name.split('::').last, kind)
    end
    ERRNO = nil
  end

  class Error::WouldBlock
    include IO::WaitReadable
    include IO::WaitWritable
  end
end
