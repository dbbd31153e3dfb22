package firstlight.netboot.tftp;

import firstlight.netboot.files.Finding.Found;
import firstlight.netboot.files.Finding.Generated;
import firstlight.netboot.files.Finding.OnDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens what transfers send. A file is mapped once for all who read it, and stays mapped for a while: a room of PCs asks for
 * the same few files, UEFI for each of them twice. Nothing in Java reads a mapping, only the kernel does; so a file that is
 * cut while it is sent ends in EFAULT, not in a signal. Any thread may call.
 */
final class Contents {
    private static final int MOST_IDLE = 8;
    /** Each transfer has a copy of its own, of twice that at most, and anybody may ask for thousands at once. */
    private static final long LARGEST_NETASCII = 1L << 16;

    /**
     * A monitor for each file that is opened just now, which lasts as long as a sick disk wants: neither {@link #release} nor who opens
     * another file must wait for that.
     */
    private final Map<OnDisk, Object> opening = new ConcurrentHashMap<>();

    /** Equal until the file is changed or replaced. */
    private final Map<OnDisk, Content> mapped = new HashMap<>();

    /** Mapped, but used by nobody now; the longest idle one first. */
    private final Map<OnDisk, Content> idle = new LinkedHashMap<>();

    /** @param netascii not for what {@link #isTooLargeForNetascii} */
    Content open(Found found, boolean netascii) throws IOException {
        return switch (found) {
            case OnDisk file when netascii -> copied(Netascii.of(Files.readAllBytes(file.file())));
            case OnDisk file -> mapped(file);
            case Generated made
            when netascii -> copied(Netascii.of(made.content().toArray()));
            case Generated made -> copied(made.content().toArray());
        };
    }

    private Content mapped(OnDisk file) throws IOException {
        Optional<Content> there = use(file);
        if (there.isPresent()) {
            return there.get();
        }
        Object monitor = opening.computeIfAbsent(file, _ -> new Object());
        try {
            synchronized (monitor) {
                Optional<Content> meanwhile = use(file);
                return meanwhile.isPresent() ? meanwhile.get() : keep(file, map(file));
            }
        } finally {
            opening.remove(file, monitor);
        }
    }

    private synchronized Optional<Content> use(OnDisk file) {
        Content content = mapped.get(file);
        if (content != null) {
            idle.remove(file);
            content.users++;
        }
        return Optional.ofNullable(content);
    }

    /** Where an opening failed, who waited for it and who came since have a monitor each: the first counts. */
    private synchronized Content keep(OnDisk file, Content content) {
        Optional<Content> another = use(file);
        if (another.isPresent()) {
            content.free();
            return another.get();
        }
        mapped.put(file, content);
        content.users++;
        return content;
    }

    private static Content map(OnDisk file) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return new Content(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** A translation needs the whole file; text files are small. */
    static boolean isTooLargeForNetascii(Found found) {
        return found instanceof OnDisk file && file.size() > LARGEST_NETASCII;
    }

    private static Content copied(byte[] octets) {
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(octets.length);
        MemorySegment.copy(MemorySegment.ofArray(octets), 0, segment, 0, octets.length);
        return new Content(segment, arena);
    }

    /** To be called once for each {@link #open}, when no send is under way any more. */
    synchronized void release(Content content) {
        for (Map.Entry<OnDisk, Content> entry : mapped.entrySet()) {
            if (entry.getValue() == content) {
                if (--content.users == 0) {
                    idle.put(entry.getKey(), content);
                    shrink();
                }
                return;
            }
        }
        content.free();
    }

    private void shrink() {
        while (idle.size() > MOST_IDLE) {
            var longest = idle.entrySet().iterator();
            Map.Entry<OnDisk, Content> entry = longest.next();
            longest.remove();
            mapped.remove(entry.getKey());
            entry.getValue().free();
        }
    }

    /** When no transfer runs any more. */
    synchronized void close() {
        mapped.values().forEach(Content::free);
        mapped.clear();
        idle.clear();
    }
}
