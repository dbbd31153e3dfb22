package firstlight.image.resize;

import firstlight.image.ImageFailure;

/** A disk has too few octets for an image. */
final class TooSmall extends ImageFailure {
    private static final long serialVersionUID = 1;

    private final long lacking;

    TooSmall(String what, String cause, String cure, long lacking) {
        super(what, cause, cure);
        this.lacking = lacking;
    }

    /** The same with more about why. */
    TooSmall because(String cause) {
        return new TooSmall(what(), cause, cure(), lacking);
    }

    /** Octets with which it has enough, whichever partition gives them: lengths change by whole steps. */
    long enough() {
        return (Math.ceilDiv(lacking, Packing.STEP) + 1) * Packing.STEP;
    }
}
