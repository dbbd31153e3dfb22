package firstlight.policy;

import java.util.OptionalInt;

/** The images of the store, as decisions need them. Asked at first packets: must answer from memory. */
public interface Images {
    /** The newest version of {@code image}; empty when there is none, or while nobody knows which there are. */
    OptionalInt newest(String image);
}
