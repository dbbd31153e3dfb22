package firstlight.netboot.http;

import java.util.Locale;

/** The media type of a boot file by its name. */
final class ContentType {
    private ContentType() {}

    /**
     * EDK2 compares the whole string, without parameters, and falls back on the name's last four characters; for an unknown type
     * behind a name it does not know, it gives up (HttpBootDxe HttpBootCheckImageType).
     */
    static String of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        int dot = lower.lastIndexOf('.');
        return switch (dot < 0 ? "" : lower.substring(dot)) {
            case ".efi" -> "application/efi";
            case ".iso" -> "application/vnd.efi-iso";
            case ".img" -> "application/vnd.efi-img";
            case ".ipxe", ".cfg", ".txt" -> "text/plain";
            default -> "application/octet-stream";
        };
    }
}
