package firstlight.image.pipeline;

import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of whole disks begin with: a host that can, and a store in a folder of their own. */
abstract class OnLoopDevices {
    @TempDir
    Path folder;

    Lab lab;
    ImageStore store;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @BeforeEach
    void openTheStore() throws IOException {
        lab = new Lab(folder);
        store = DiskStore.open(folder.resolve("store"));
    }

    @AfterEach
    void closeTheStore() throws IOException {
        store.close();
    }
}
