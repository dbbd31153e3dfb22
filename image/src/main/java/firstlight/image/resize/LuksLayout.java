package firstlight.image.resize;

import firstlight.image.anew.OldFileSystem;
import firstlight.image.luks.LuksKey;
import firstlight.image.manifest.Content;
import java.util.List;

/**
 * The file system in an encrypted partition of another length.
 *
 * @param content the partition's; where the file system is made anew, its header alone
 * @param length octets that the file system will have
 * @param anew it is made anew, file by file
 */
public record LuksLayout(
        LuksKey key, OldFileSystem fileSystem, Content.Blocks content, long length, boolean anew, List<String> words)
        implements Within {
    public LuksLayout {
        words = List.copyOf(words);
    }

    @Override
    public boolean shrinksFileSystems() {
        return length < fileSystem.length();
    }
}
