package firstlight.netboot.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@code Range} header asks of a resource (RFC 9110 14.1.2, 14.2). Both ends inclusive in {@link Part}. */
sealed interface ByteRange {
    /** No range, one that is not understood, or several: all of it is sent, as the RFC allows. */
    record Whole() implements ByteRange {}

    record Part(long first, long last) implements ByteRange {
        long length() {
            return last - first + 1;
        }
    }

    /** Lies behind the end: 416. */
    record Unsatisfiable() implements ByteRange {}

    static ByteRange of(Optional<String> header, long size) {
        Matcher matcher = Syntax.ONE_RANGE.matcher(header.orElse(""));
        if (!matcher.matches()) {
            return new Whole();
        }
        Optional<Long> first = Syntax.number(matcher.group(1));
        Optional<Long> last = Syntax.number(matcher.group(2));
        if (first.isEmpty()) {
            long count = Math.min(last.orElse(0L), size);
            return last.isEmpty() ? new Whole() : count == 0 ? new Unsatisfiable() : new Part(size - count, size - 1);
        }
        if (last.isPresent() && last.get() < first.get()) {
            return new Whole();
        }
        return first.get() >= size
                ? new Unsatisfiable()
                : new Part(first.get(), Math.min(last.orElse(size - 1), size - 1));
    }

    /** How a single range is written. */
    enum Syntax {
        ;

        private static final Pattern ONE_RANGE = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

        private static Optional<Long> number(String digits) {
            return digits.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(digits));
        }
    }
}
