package firstlight.image;

import java.io.IOException;

/** Work on an image that cannot go on, in the three parts that a person needs: what failed, why, what to do. */
public class ImageFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final String what;
    private final String cause;
    private final String cure;

    public ImageFailure(String what, String cause, String cure) {
        super(what + ": " + cause + ". " + cure);
        this.what = what;
        this.cause = cause;
        this.cure = cure;
    }

    public ImageFailure(String what, Throwable reason, String cure) {
        super(what + ": " + reason.getMessage() + ". " + cure, reason);
        this.what = what;
        this.cause = String.valueOf(reason.getMessage());
        this.cure = cure;
    }

    public String what() {
        return what;
    }

    public String cause() {
        return cause;
    }

    public String cure() {
        return cure;
    }
}
