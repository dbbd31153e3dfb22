package firstlight.image.addon;

import firstlight.image.ImageFailure;

/** There is no partition of the kind that an add-on is for. */
final class NoPlace extends ImageFailure {
    private static final long serialVersionUID = 1;

    /** @param cause what was looked for, and what there is */
    NoPlace(String cause) {
        super(
                "There is no place for the add-on",
                cause,
                "Say where to: firstlight work restore ... --add-on-partition N, esp or label=NAME");
    }
}
