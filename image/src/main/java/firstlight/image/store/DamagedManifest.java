package firstlight.image.store;

import firstlight.image.ImageFailure;

/** A version's manifest is not what it was, or not there: another server may have it. Not said where nobody could look. */
public final class DamagedManifest extends ImageFailure {
    private static final long serialVersionUID = 1;

    DamagedManifest(String what, String cause, String cure) {
        super(what, cause, cure);
    }
}
