package firstlight.server.sites;

import firstlight.image.ImageFailure;

/** Another server does not give what it was asked for. What, cause and cure are for the person who asked for the image. */
final class PeerFailure extends ImageFailure {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    /** @param passing whether it may go better in a moment */
    PeerFailure(String what, String cause, String cure, boolean passing) {
        super(what, cause, cure);
        this.passing = passing;
    }

    boolean isPassing() {
        return passing;
    }
}
