package firstlight.image.leftout;

import firstlight.image.anew.ClusterFiles;
import java.io.IOException;
import java.util.List;

/** Files of FAT and exFAT, read from the volume itself. */
record FatFiles(ClusterFiles files) implements LeftOut.Lister {
    @Override
    public List<String> names(String folder) throws IOException {
        return files.names(folder);
    }

    @Override
    public LeftOut.Content content(String file) throws IOException {
        return new LeftOut.Content(files.content(file), 1);
    }

    @Override
    public boolean ignoresCase() {
        return true;
    }
}
