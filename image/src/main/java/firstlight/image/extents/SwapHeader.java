package firstlight.image.extents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * The first page of swap space (linux/swap.h, union swap_header): by its UUID and label {@code fstab} and the resume option know
 * it. Written by ourselves: it is one page, and then a restore needs neither mkswap nor a device node.
 *
 * @param label "" for none; 16 octets at most
 * @param pageSize octets of a page where it was made
 */
public record SwapHeader(UUID uuid, String label, int pageSize) {
    private static final String CLEAN = "SWAPSPACE2";
    /** What hibernation leaves in place of {@link #CLEAN}: kernel's, uswsusp's, TuxOnIce's. */
    private static final String[] SIGNATURES = {CLEAN, "S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001"};

    private static final int[] PAGE_SIZES = {4096, 8192, 16384, 32768, 65536};
    /** Offsets in the page, as 1024 for the version and 1028 for the last page's number; the signature is its last ten octets. */
    private static final int UUID_AT = 1036;

    private static final int LABEL_AT = 1052;
    private static final int LABEL_LENGTH = 16;

    static boolean isSwap(byte[] window) {
        return read(window).isPresent();
    }

    /** @param start the first {@link Signatures#WINDOW} octets */
    public static Optional<SwapHeader> read(byte[] start) {
        for (int pageSize : PAGE_SIZES) {
            if (start.length >= pageSize && isSigned(start, pageSize) && version(start) == 1) {
                ByteBuffer in = ByteBuffer.wrap(start);
                byte[] label = Arrays.copyOfRange(start, LABEL_AT, LABEL_AT + LABEL_LENGTH);
                String text = new String(label, StandardCharsets.ISO_8859_1);
                int end = text.indexOf(0);
                return Optional.of(new SwapHeader(
                        new UUID(in.getLong(UUID_AT), in.getLong(UUID_AT + 8)),
                        end < 0 ? text : text.substring(0, end),
                        pageSize));
            }
        }
        return Optional.empty();
    }

    /** Whether nobody has hibernated into it. */
    public boolean isClean(byte[] start) {
        return Signatures.has(start, pageSize - 10, CLEAN);
    }

    /** Takes away from {@code page}, the first one, that somebody has hibernated into it, as the kernel does when it starts anew. */
    public void clean(ByteBuffer page) {
        page.put(pageSize - CLEAN.length(), CLEAN.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The first page of new swap space in {@code length} octets. */
    public byte[] page(long length) {
        byte[] page = new byte[pageSize];
        ByteBuffer out = ByteBuffer.wrap(page).order(ByteOrder.nativeOrder());
        out.putInt(1024, 1);
        out.putInt(1028, (int) Math.min(0xFFFF_FFFFL, length / pageSize - 1));
        out.order(ByteOrder.BIG_ENDIAN).putLong(UUID_AT, uuid.getMostSignificantBits());
        out.putLong(UUID_AT + 8, uuid.getLeastSignificantBits());
        byte[] name = label.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(name, 0, page, LABEL_AT, Math.min(name.length, LABEL_LENGTH));
        byte[] signature = CLEAN.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(signature, 0, page, pageSize - signature.length, signature.length);
        return page;
    }

    private static boolean isSigned(byte[] start, int pageSize) {
        for (String signature : SIGNATURES) {
            if (Signatures.has(start, pageSize - 10, signature)) {
                return true;
            }
        }
        return false;
    }

    private static int version(byte[] start) {
        return ByteBuffer.wrap(start).order(ByteOrder.nativeOrder()).getInt(1024);
    }
}
