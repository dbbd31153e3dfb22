package firstlight.lab.bench;

import firstlight.lab.Programs;
import firstlight.lab.bench.Aim.RatioAtLeast;
import firstlight.lab.bench.Aim.RatioAtMost;
import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HTTP: a large boot file by curl, beside nginx with sendfile. */
final class HttpBench {
    private static final int PORT = 80;
    private static final String FILE = "large";
    /** Files that each side sends before one counts: the JVM compiles meanwhile. */
    private static final int WARMING = 6;

    private final Ground ground;
    private final Extent extent;

    HttpBench(Ground ground, Extent extent) {
        this.ground = ground;
        this.extent = extent;
    }

    void run() {
        Path nginxProgram = new Peers().program("nginx", "nginx");
        System.out.println("ours: " + Ours.version());
        System.out.println("nginx: " + Peers.version(nginxProgram, "-v"));
        System.out.println("client: " + Peers.version(Path.of("/usr/bin/curl"), "--version"));

        long octets = extent.of(256L << 20, 1L << 30);
        ground.file(FILE, octets);
        String root = ground.folder().resolve("files").toString();
        Host here = ground.host();
        Subject ours = Subject.start(
                ground, here, "ours", "tcp", PORT, Jvm.command(BenchServer.class, "http", here.address(), root));
        Subject nginx = Subject.start(
                ground,
                ground.host(),
                "nginx",
                "tcp",
                PORT,
                List.of(
                        nginxProgram.toString(),
                        "-p",
                        ground.folder().toString(),
                        "-e",
                        "stderr",
                        "-c",
                        configuration(root).toString()));

        Figure rate = new Figure("http.file.rate", "MB/s", new RatioAtLeast(0.9));
        Figure cpu = new Figure("http.file.cpu", "s/GB", new RatioAtMost(1.5));
        for (int i = 0; i < WARMING; i++) {
            fetch(ours, octets);
            fetch(nginx, octets);
        }
        for (int run = 1; run <= extent.runs(); run++) {
            for (Subject server : run % 2 == 1 ? List.of(ours, nginx) : List.of(nginx, ours)) {
                double cpuBefore = server.cpuSeconds();
                double seconds = fetch(server, octets);
                rate.of(server.equals(ours)).add(octets / 1e6 / seconds);
                cpu.of(server.equals(ours)).add((server.cpuSeconds() - cpuBefore) / (octets / 1e9));
            }
        }
        rate.print(nginx.name());
        cpu.print(nginx.name());
    }

    /** Seconds from curl's start of its connection to the last octet; one that got another length ends the benchmark. */
    private double fetch(Subject server, long octets) {
        String[] words = Programs.run(Host.inside(
                        ground.clients(),
                        List.of(
                                "curl",
                                "--silent",
                                "--show-error",
                                "--fail",
                                "--output",
                                "/dev/null",
                                "--write-out",
                                "%{size_download} %{time_total}",
                                "http://" + server.host().address() + "/" + FILE)))
                .strip()
                .split(" ", -1);
        if (Long.parseLong(words[0]) != octets) {
            throw new OperatorError(server.name() + " sent " + words[0] + " bytes of " + octets, "");
        }
        return Double.parseDouble(words[1]);
    }

    private Path configuration(String root) {
        // Debian's compiled-in folders below /var need not exist when nginx was only unpacked.
        String text = """
                daemon off;
                worker_processes 1;
                user root;
                pid FOLDER/nginx.pid;
                events { }
                http {
                  access_log off;
                  sendfile on;
                  tcp_nopush on;
                  client_body_temp_path FOLDER/body;
                  proxy_temp_path FOLDER/proxy;
                  fastcgi_temp_path FOLDER/fastcgi;
                  uwsgi_temp_path FOLDER/uwsgi;
                  scgi_temp_path FOLDER/scgi;
                  server { listen 80; root ROOT; }
                }
                """.replace("FOLDER", ground.folder().toString()).replace("ROOT", root);
        try {
            return Files.writeString(ground.folder().resolve("nginx.conf"), text);
        } catch (IOException e) {
            throw new OperatorError("cannot write to " + ground.folder(), "is there memory left?", e);
        }
    }
}
