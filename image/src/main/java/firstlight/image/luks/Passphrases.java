package firstlight.image.luks;

import java.util.List;

/** Where keys come from. */
@FunctionalInterface
public interface Passphrases {
    Passphrases NONE = uuid -> List.of();

    /** Those that may open the volume with the LUKS header's {@code uuid}. */
    List<byte[]> of(String uuid);
}
