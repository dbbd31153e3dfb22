package firstlight.image.capture;

import firstlight.image.luks.Passphrases;
import java.util.List;

/**
 * What a capture is told besides its disks.
 *
 * @param leaveOut files that read as zeros in the image, as paths or patterns below the root of their file system
 * @param passphrases open LUKS volumes
 */
public record CaptureOptions(
        IfLocked ifLocked, IfUnreadable ifUnreadable, List<String> leaveOut, Passphrases passphrases) {
    /** Windows makes them anew, and they hold what was in memory. */
    public static final List<String> PAGE_FILES = List.of("pagefile.sys", "hiberfil.sys", "swapfile.sys");

    public static final CaptureOptions USUAL = new CaptureOptions(IfLocked.RAW, PAGE_FILES, Passphrases.NONE);

    public CaptureOptions {
        leaveOut = List.copyOf(leaveOut);
    }

    /** Of disks that can be read. */
    public CaptureOptions(IfLocked ifLocked, List<String> leaveOut, Passphrases passphrases) {
        this(ifLocked, IfUnreadable.STOP, leaveOut, passphrases);
    }

    public CaptureOptions with(IfUnreadable choice) {
        return new CaptureOptions(ifLocked, choice, leaveOut, passphrases);
    }
}
