package firstlight.image.disk;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * A mount namespace of its own in which a {@link Disk} is a file, and mounts that nobody else on this host sees. A small
 * shell holds it: the first process of a process namespace, without a network, which ends when its input does. So whatever
 * becomes of us, also by SIGKILL, the kernel ends the shell and what it started, and takes mounts and loop devices back:
 * there is nothing that a later run would have to find. We reach what is mounted through {@code /proc/PID/root}. Needs root.
 */
public final class PrivateMounts implements AutoCloseable {
    /** Of the disk, inside. */
    public static final String DISK = "/tmp/disk";

    /** An empty folder to mount at, inside. ntfs-3g writes it into targets of links: no PC's own link may begin with it. */
    public static final String TREE = "/tmp/firstlight-image.tree";

    private static final String END = "firstlight: exit ";

    /**
     * A namespace begins with copies of all mounts, and a copy keeps its file system in use when the host has unmounted it: its
     * device stays busy, and a stick that is then pulled out loses what was not written yet. Where mounts are shared, as systemd
     * makes them, a slave's copies go with the originals. In a container they do not: there those of devices are let go, but for
     * the system's own (where the programs are) and for the one in which we work.
     */
    private static final String LET_GO = """
            here=$(stat -c %m .)
            while read -r _ _ _ _ point _ rest; do
              source=${rest##*- }
              case "${source#* }" in /dev/*) ;; *) continue ;; esac
              point=$(printf %b "$(printf %s "$point" | sed 's/\\\\/\\\\0/g')")
              case "$point" in
                /|"$here"|/usr*|/bin*|/sbin*|/lib*|/etc*|/opt*|/nix*|/gnu*) ;;
                *) umount -l "$point" ;;
              esac
            done </proc/self/mountinfo
            """;

    /**
     * The shell must not keep FUSE's descriptor: a program that waits for us in the kernel could not be killed as long as anybody has it.
     */
    private static final String SCRIPT = LET_GO + """
            mount -t tmpfs -o size=1m,mode=700,nosuid,nodev,noexec tmpfs /tmp && : >%1$s && mkdir %2$s &&
              exec 3<>/dev/fuse &&
              mount -i -t fuse -o fd=3,rootmode=100600,user_id=0,group_id=0,nosuid,nodev,noexec firstlight %1$s
            echo "%3$s$?"
            read -r taken
            exec 3>&-
            while read -r line; do
              eval "$line" </dev/null 2>&1
              status=$?
              echo; echo "%3$s$status"
            done
            """.formatted(DISK, TREE, END);

    private final Process process;
    private final long holder;
    private final BufferedReader said;
    private final Writer input;
    private FuseServer server;

    private PrivateMounts(Process process, Disk disk) throws IOException {
        this.process = process;
        this.said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Tool ready = answer(_ -> {});
        if (!ready.succeeded()) {
            throw failure(ready.output());
        }
        this.holder = process.children()
                .findFirst()
                .map(ProcessHandle::pid)
                .orElseThrow(() -> failure("the process that holds them ended"));
        int descriptor = PidFd.take(holder, 3);
        if (descriptor < 0) {
            throw failure("errno " + -descriptor + " for its FUSE file");
        }
        this.server = new FuseServer(descriptor, disk);
        input.write("taken\n");
        input.flush();
    }

    /** @param disk is not closed with the mounts */
    public static PrivateMounts with(Disk disk) throws IOException {
        return with(disk, Path.of("/"));
    }

    /** @param folder in which programs inside work; it may lie where something else is mounted inside */
    public static PrivateMounts with(Disk disk, Path folder) throws IOException {
        Tool.run(List.of("modprobe", "-a", "-q", "fuse", "loop"));
        Process process = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--propagation=slave",
                        "--net",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "/bin/sh",
                        "-c",
                        SCRIPT)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            return new PrivateMounts(process, disk);
        } catch (IOException refused) {
            end(process);
            throw refused;
        }
    }

    private static ImageFailure failure(String cause) {
        return new ImageFailure(
                "Files in an image cannot be made visible",
                cause.isBlank() ? "no mount namespace can be had" : cause.strip(),
                "Run as root (with sudo) on a kernel with FUSE and namespaces; in a container it needs CAP_SYS_ADMIN");
    }

    /**
     * Runs a line of shell inside, in which {@code DEVICE} stands for the disk as a block device. Whoever has it open or
     * mounted when the line has ended keeps it.
     */
    public Tool runWithDevice(String line, int sectorSize) throws IOException {
        try (LentLoop loop = LentLoop.over(path(DISK), sectorSize)) {
            return run(line.replace("DEVICE", loop.node().toString()));
        }
    }

    /** Runs a line of shell inside; nothing of it may come from an image or a person. */
    public Tool run(String line) throws IOException {
        return run(line, _ -> {});
    }

    /** @param listener hears each line at once; when it throws, these mounts are good for nothing but to be closed */
    public synchronized Tool run(String line, Tool.Listener listener) throws IOException {
        input.write(line + "\n");
        input.flush();
        return answer(listener);
    }

    private Tool answer(Tool.Listener listener) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(END)) {
                return new Tool(Integer.parseInt(line.substring(END.length())), text(lines));
            }
            lines.add(line);
            listener.said(line);
        }
        return new Tool(Tool.NOT_INSTALLED, text(lines));
    }

    private static String text(List<String> lines) {
        return lines.stream().collect(Collectors.joining("\n")).strip();
    }

    /** Where this process sees {@code inside}, until this is closed. */
    public Path path(String inside) {
        return Path.of("/proc/" + holder + "/root" + inside);
    }

    @Override
    public void close() throws IOException {
        end(process);
        server.close();
    }

    private static void end(Process process) throws IOException {
        // SIGKILL: unshare's child dies with it (--kill-child), and
        // with that child, as the namespace's first, all others.
        List<ProcessHandle> inside = process.children().toList();
        process.destroyForcibly();
        inside.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
            for (ProcessHandle each : inside) {
                each.onExit().get();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException never) {
            throw new IOException(never);
        }
    }
}
