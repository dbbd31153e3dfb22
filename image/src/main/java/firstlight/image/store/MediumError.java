package firstlight.image.store;

import java.io.IOException;

/** A bad sector, which stays bad: what lies there is as lost as if it were something else. */
final class MediumError {
    private MediumError() {}

    /** Linux's EIO, as Java tells it; of files with their name before it. */
    static boolean is(IOException failure) {
        return String.valueOf(failure.getMessage()).endsWith("Input/output error");
    }
}
