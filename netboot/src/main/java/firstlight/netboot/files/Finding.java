package firstlight.netboot.files;

import firstlight.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** What the namespace answers to a name. */
public sealed interface Finding {
    /** Something to send. */
    sealed interface Found extends Finding {
        long size();
    }

    /** A file; {@code file} is its real path, inside the root. */
    record OnDisk(Path file, long size, Instant modified) implements Found {}

    /** An entry that was made for this requester. */
    record Generated(Bytes content) implements Found {
        public static Generated text(String text) {
            return new Generated(Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public long size() {
            return content.length();
        }
    }

    /** No such name. Normal: loaders probe for optional files. */
    record Absent() implements Finding {}

    /** More are asked for at once than are made: to be asked for again. */
    record Busy() implements Finding {}

    /** The name leads out of the root, or nobody may read it. {@code reason} is one line for the log. */
    record Refused(String reason) implements Finding {}
}
