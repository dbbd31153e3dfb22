package firstlight.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern SETTING = Pattern.compile("-X[^ )]+");

    /** A benchmark is the engine without its PC: where Java works otherwise, it measures another engine. All but -Xms, of which a PC gives a share. */
    @Test
    void theBenchmarksRunWithTheEnginesSettingsOfJava() throws Exception {
        String engine = Files.readString(
                ROOT.resolve("environment/src/main/java/firstlight/environment/EnvironmentBuilder.java"));
        List<String> settings = Files.readAllLines(ROOT.resolve("firstlight")).stream()
                .filter(line -> line.startsWith("java_settings=") || line.contains("need \"the benchmarks\""))
                .flatMap(line -> SETTING.matcher(line).results())
                .map(MatchResult::group)
                .filter(setting -> !setting.startsWith("-Xms"))
                .toList();
        assertThat(settings)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(setting -> assertThat(engine).contains('"' + setting + '"'));
    }

    private static final List<String> TOOLS = List.of(
            "bash",
            "cat",
            "comm",
            "cut",
            "date",
            "dirname",
            "env",
            "find",
            "flock",
            "getent",
            "grep",
            "head",
            "ls",
            "locale",
            "mkdir",
            "mktemp",
            "mv",
            "printf",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "sort",
            "timeout",
            "touch");

    /** Of a machine with a JDK, a build and nothing else, for a user without root's rights; each stand-in says what it was asked. */
    private static ProcessBuilder launcher(Path folder, String... words) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            for (Path place : List.of(Path.of("/usr/bin", tool), Path.of("/bin", tool))) {
                if (Files.exists(place) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), place);
                }
            }
        }
        script(bin.resolve("id"), "echo 1000");
        script(bin.resolve("dpkg-query"), "exit 1");
        Path jdk = folder.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        script(jdk.resolve("bin/javac"), "");
        script(jdk.resolve("bin/java"), "echo \"java ${*: -2}\"");
        Path here = Files.createDirectories(folder.resolve("a clone"));
        Files.copy(ROOT.resolve("firstlight"), here.resolve("firstlight"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(here.resolve("target"));
        Files.writeString(here.resolve("target/built"), "");
        List<String> command =
                new ArrayList<>(List.of(here.resolve("firstlight").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("FIRSTLIGHT_JAVA_HOME", jdk.toString());
        return builder;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String said(Process process) throws IOException {
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "lab", "demo", "bench", "media", "environment"})
    void toBeToldOfACommandWantsNeitherRootNorPackages(String command, @TempDir Path folder) throws Exception {
        assertThat(said(launcher(folder, command, "--help").start())).isEqualTo("java " + command + " --help");
    }

    @Test
    void whereRootIsWantedAndNoSudoIsThereThatIsSaid(@TempDir Path folder) throws Exception {
        Process process = launcher(folder, "serve").start();
        assertThat(said(process)).startsWith("firstlight: 'serve' needs root, and this host has no sudo");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void whatACommandReadsOfTheEnvironmentGoesThroughSudo(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "serve", "--interface", "eth0");
        script(folder.resolve("bin/sudo"), "echo \"$@\"");
        String said = said(builder.start());
        assertThat(said).endsWith("/a clone/firstlight serve --interface eth0");
        assertThat(said.split("[=, ]", -1))
                .contains("FIRSTLIGHT_DATA", "FIRSTLIGHT_LOG", "FIRSTLIGHT_CACHE", "XDG_CACHE_HOME", "https_proxy");
    }

    /** By TERM, which the launcher traps alike: who runs tests in the background has INT ignored, and no shell can trap it then. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // nothing interrupts the opening of a pipe
    void anInterruptWhileAFastStartIsPreparedStartsNoServer(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "serve");
        List<String> command = new ArrayList<>(List.of("/usr/bin/setsid"));
        command.addAll(builder.command());
        builder.command(command);
        asRootWithAllPackages(folder);
        Path begun = folder.resolve("begun");
        assertThat(new ProcessBuilder("mkfifo", begun.toString()).start().waitFor())
                .isZero();
        script(
                folder.resolve("jdk/bin/java"),
                "case \"$*\" in *--stop-when-ready*) cd '" + folder
                        + "'; [ -p begun ] && echo >begun; rm -f begun; exec sleep 3 ;;" + " esac; echo started");
        Process process = builder.start();
        Files.readString(begun);
        assertThat(new ProcessBuilder("kill", "-TERM", "--", "-" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(said(process)).doesNotContain("started");
        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void aFastStartIsPreparedAnewForAnotherJava(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "serve");
        asRootWithAllPackages(folder);
        script(
                folder.resolve("jdk/bin/java"),
                "for word; do case $word in -XX:AOTCacheOutput=*) echo x >\"${word#*=}\" ;; esac; done; echo started");
        Files.setLastModifiedTime(
                folder.resolve("a clone/target/built"), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(said(builder.start())).contains("preparing a fast start", "started");
        assertThat(said(builder.start())).isEqualTo("started");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.2\"\n");
        assertThat(said(builder.start())).contains("preparing a fast start", "started");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lab list", "lab"})
    void aListThatNeedsNothingWantsNeitherRootNorPackages(String words, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, words.split(" ", -1));
        assertThat(said(builder.start())).startsWith("java ").endsWith(words);
    }

    @Test
    void whatTheLabLeftIsTakenAwayWithoutItsPackages(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab", "down");
        script(folder.resolve("bin/id"), "echo 0");
        assertThat(said(builder.start())).isEqualTo("java lab down");
    }

    /** What it means was told after packages, build and unit tests. */
    @ParameterizedTest
    @ValueSource(strings = {"--units", "uefi-http-boot", "--unit --matrices"})
    void aWordThatTheTestsHaveNotIsToldBeforeAnythingIsDone(String words, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, ("test " + words).split(" ", -1));
        asRootWithAllPackages(folder);
        script(folder.resolve("bin/mvn"), "echo built");
        assertThat(said(builder.start()))
                .startsWith("firstlight: test has no '" + words.substring(words.lastIndexOf(' ') + 1) + "'");
    }

    @Test
    void aWordThatTheServerHasNotIsToldBeforeAnythingIsInstalledOrPrepared(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "serve", "--bogus");
        script(folder.resolve("bin/id"), "echo 0");
        script(
                folder.resolve("jdk/bin/java"),
                "case \"$*\" in *'serve --only-look --bogus') echo 'no such option' >&2; exit 2 ;; esac; echo started");
        Process process = builder.start();
        assertThat(said(process)).isEqualTo("no such option");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    /** apt takes a relative folder for one below / or /etc/apt. */
    @ParameterizedTest
    @ValueSource(strings = {"FIRSTLIGHT_CACHE", "XDG_CACHE_HOME"})
    void aRelativeCacheIsMeantFromHere(String variable, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab").directory(folder.toFile());
        script(folder.resolve("jdk/bin/java"), "echo \"$FIRSTLIGHT_CACHE\"");
        builder.environment().put(variable, "of/mine");
        String below = variable.equals("XDG_CACHE_HOME") ? "/firstlight" : "";
        assertThat(said(builder.start())).isEqualTo(folder.toRealPath() + "/of/mine" + below);
        builder.environment().put(variable, "/of/mine");
        assertThat(said(builder.start())).isEqualTo("/of/mine" + below);
    }

    /** Its PATH is sudo's own. */
    @Test
    void aJdkOfTheUsersPathGoesThroughSudo(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "serve");
        script(folder.resolve("bin/sudo"), "echo \"$FIRSTLIGHT_JAVA_HOME of $*\"");
        builder.environment().remove("FIRSTLIGHT_JAVA_HOME");
        builder.environment().put("PATH", folder.resolve("bin") + ":" + folder.resolve("jdk/bin"));
        assertThat(said(builder.start()))
                .startsWith(folder.toRealPath().resolve("jdk") + " of --preserve-env=")
                .contains("FIRSTLIGHT_JAVA_HOME", "MAVEN_OPTS");
    }

    /** For Maven, which asks the system for its user's home, that is root's. */
    @Test
    void mavenReadsTheSettingsOfWhoBuilds(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "format");
        asRootWithAllPackages(folder);
        script(folder.resolve("bin/mvn"), "echo \"$*\"");
        assertThat(said(builder.start())).doesNotContain("settings.xml");
        Path settings = Files.createDirectories(folder.resolve(".m2")).resolve("settings.xml");
        Files.writeString(settings, "<settings/>");
        assertThat(said(builder.start())).contains(" -s " + settings + " ");
    }

    /** Which they may name; the user's own Maven could write there no more. */
    @Test
    void whatRootBuildsByAUsersSettingsDoesNotComeToLieInThatUsersRepository(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "format");
        asRootWithAllPackages(folder);
        script(folder.resolve("bin/mvn"), MAVEN);
        Path maven = Files.createDirectories(folder.resolve(".m2"));
        assertThat(said(builder.start())).isEmpty();
        Files.writeString(maven.resolve("settings.xml"), "<settings/>");
        String roots = "\"-Dmaven.repo.local=/root/.m2/repository\"";
        assertThat(said(builder.start())).isEqualTo(roots);
        Path key = Files.writeString(maven.resolve("settings-security.xml"), "<settingsSecurity/>");
        assertThat(said(builder.start())).isEqualTo(roots + "\n\"-Dsettings.security=" + key + "\"");
        script(folder.resolve("bin/id"), "echo 1000");
        assertThat(said(builder.start())).as("one's own").isEmpty();
    }

    /** What keeps daemons from starting while packages are installed stays after a power cut. */
    @Test
    void whatAPowerCutLeftOfAnInstallationIsTakenAway(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab", "run", "x");
        asRootWithAllPackages(folder);
        Path policy = policy(folder);
        String own = "#!/bin/sh\n# made by firstlight while it installs packages\nexit 101\n";
        Files.writeString(policy, own);
        assertThat(said(builder.start())).isEqualTo("java run x");
        assertThat(policy).doesNotExist();

        Process installs = new ProcessBuilder("sh", "-c", "read line", "firstlight").start();
        Files.writeString(policy, own.replace("exit", "# process " + installs.pid() + "\nexit"));
        assertThat(said(builder.start())).isEqualTo("java run x");
        assertThat(policy).as("another installs just now").exists();
        installs.getOutputStream().close();
        assertThat(installs.waitFor()).isEqualTo(1);
        assertThat(said(builder.start())).isEqualTo("java run x");
        assertThat(policy).doesNotExist();

        Files.writeString(policy, "#!/bin/sh\nexit 101\n");
        assertThat(said(builder.start())).isEqualTo("java run x");
        assertThat(policy).as("somebody else's").exists();

        // The first process of a container has the same number each time.
        List<String> again =
                new ArrayList<>(List.of("bash", "-c", "sed -i \"s/exit/# process $$\\n&/\" \"$0\"; exec \"$@\""));
        again.add(policy.toString());
        again.addAll(builder.command());
        Files.writeString(policy, own);
        assertThat(said(builder.command(again).start())).isEqualTo("java run x");
        assertThat(policy).doesNotExist();
    }

    /** Debian's makes a cluster and starts it with the host. */
    @Test
    void aPostgresqlThatWasInstalledForTestsDoesNotStartWithTheHost(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab", "run", "two-servers-storm", "--yes");
        script(folder.resolve("bin/id"), "echo 0");
        policy(folder);
        Path launcher = folder.resolve("a clone/firstlight");
        Files.writeString(
                launcher,
                Files.readString(launcher)
                        .replace("/lib/systemd/system/postgresql.service", folder + "/unit")
                        .replace("=/etc/postgresql ", "='" + folder + "/clusters' "));
        Files.createSymbolicLink(folder.resolve("bin/chmod"), Path.of("/bin/chmod"));
        Path apt = folder.resolve("bin/apt-get");
        script(folder.resolve("bin/systemctl"), "echo \"$*\" >'" + folder + "/asked'");
        Files.delete(folder.resolve("bin/sleep"));
        script(folder.resolve("bin/sleep"), "exit 0");

        script(apt, "cd '" + folder + "'; echo >unit; exit 100");
        assertThat(said(builder.start())).as("failed before it made a cluster").contains("apt-get could not install");
        String works =
                "cd '" + folder + "'; case $* in *--simulate*) ;; *postgresql*) mkdir -p clusters/15/main; echo >unit";
        script(apt, works + "; exit 100 ;; esac");
        assertThat(said(builder.start())).as("failed afterwards").contains("apt-get could not install");
        assertThat(folder.resolve("asked")).content().isEqualTo("--quiet disable postgresql.service\n");
        Files.delete(folder.resolve("asked"));
        assertThat(new ProcessBuilder("rm", "-r", folder + "/clusters").start().waitFor())
                .isZero();

        script(apt, works + " ;; esac");
        assertThat(said(builder.start())).endsWith("java run two-servers-storm");
        assertThat(folder.resolve("asked")).content().isEqualTo("--quiet disable postgresql.service\n");
        assertThat(folder.resolve("policy")).doesNotExist();

        Files.delete(folder.resolve("asked"));
        assertThat(said(builder.start())).endsWith("java run two-servers-storm");
        assertThat(folder.resolve("asked")).as("who had one keeps it").doesNotExist();
    }

    /** SQLite and zstd unpack their native code there. */
    @Test
    void whereNothingMayRunFromTmpNativeCodeIsPutIntoTheCache(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab");
        script(folder.resolve("jdk/bin/java"), "echo \"$*\"");
        Path launcher = folder.resolve("a clone/firstlight");
        Path mounts = folder.resolve("mounts");
        Files.writeString(launcher, Files.readString(launcher).replace("/proc/self/mounts", mounts.toString()));
        Files.writeString(mounts, "/dev/sda1 / ext4 rw,noexec 0 0\ntmpfs /tmp tmpfs rw,nosuid 0 0\n");
        assertThat(said(builder.start())).doesNotContain("tmpdir");
        Files.writeString(mounts, "tmpfs /tmp tmpfs rw,nosuid 0 0\ntmpfs /tmp tmpfs rw,nosuid,noexec 0 0\n");
        Path there = folder.resolve(".cache/firstlight/native");
        assertThat(said(builder.start()))
                .contains("-Dorg.sqlite.tmpdir=" + there + " ", "-DZstdTempFolder=" + there + " ");
        assertThat(there).isDirectory();
    }

    /** The launcher's, in place of this machine's. */
    private static Path policy(Path folder) throws IOException {
        Path launcher = folder.resolve("a clone/firstlight");
        Path policy = folder.resolve("policy");
        Files.writeString(launcher, Files.readString(launcher).replace("/usr/sbin/policy-rc.d", policy.toString()));
        return policy;
    }

    /** A fresh Debian's own updates hold both locks in the first minutes after its start. */
    @Test
    void whereAptIsBusyItIsWaitedFor(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab", "run", "x", "--yes");
        script(folder.resolve("bin/id"), "echo 0");
        Path launcher =
                folder.resolve("a clone/firstlight"); // a file that keeps daemons from starting is not this machine's
        Files.writeString(
                launcher,
                Files.readString(launcher)
                        .replace(
                                "/usr/sbin/policy-rc.d",
                                folder.resolve("policy").toString()));
        Files.createSymbolicLink(folder.resolve("bin/chmod"), Path.of("/bin/chmod"));
        Files.delete(folder.resolve("bin/sleep"));
        script(folder.resolve("bin/sleep"), "exit 0");
        Path asked = folder.resolve("asked");
        script(
                folder.resolve("bin/apt-get"),
                "cd '" + folder + "'; echo \"$*\" >>asked; case \"$*\" in"
                        + " *--simulate*) [ -e lists ] ;;"
                        + " update) if [ -e busy ]; then echo >lists; else echo >busy; exit 100; fi ;; esac");
        assertThat(said(builder.start())).endsWith("java run x");
        List<String> calls = Files.readAllLines(asked);
        assertThat(calls).filteredOn("update"::equals).hasSize(2);
        assertThat(calls.getLast())
                .contains("DPkg::Lock::Timeout=600", " qemu-system-x86 ")
                .doesNotContain("--simulate");
        assertThat(folder.resolve("policy")).doesNotExist();
    }

    /** unattended-upgrades loads packages under a lock that apt waits for in no version. */
    @Test
    void aPackageThatCannotBeInstalledJustNowIsTriedAgain(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "lab", "run", "x", "--yes");
        script(folder.resolve("bin/id"), "echo 0");
        Path launcher = folder.resolve("a clone/firstlight");
        Files.writeString(
                launcher,
                Files.readString(launcher)
                        .replace(
                                "/usr/sbin/policy-rc.d",
                                folder.resolve("policy").toString()));
        Files.createSymbolicLink(folder.resolve("bin/chmod"), Path.of("/bin/chmod"));
        Files.delete(folder.resolve("bin/sleep"));
        script(folder.resolve("bin/sleep"), "echo >'" + folder + "/waited'");
        script(
                folder.resolve("bin/apt-get"),
                "case \"$*\" in *--simulate* | update) ;; *) [ -e '" + folder + "/waited' ] || exit 100 ;; esac");
        assertThat(said(builder.start())).contains("tried again in 30 s").endsWith("java run x");
    }

    /** Says what its Java is told, as java reads it. */
    private static final String MAVEN =
            "for word in $MAVEN_OPTS; do case $word in @*) cat \"${word#@}\" ;; *) echo \"$word\" ;; esac; done";

    /** It reads no such variables itself. */
    @Test
    void mavenGoesThroughTheProxyThatAptGoesThrough(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "format");
        script(folder.resolve("bin/dpkg-query"), "shift 3; for package; do printf 'installed:%s ' \"$package\"; done");
        script(folder.resolve("bin/mvn"), MAVEN);
        assertThat(said(builder.start())).isEmpty();
        builder.environment().put("https_proxy", "http://proxy.example.com:3128/");
        builder.environment().put("HTTP_PROXY", "proxy");
        builder.environment().put("no_proxy", ".example.com, mirror:8081,10.0.0.0/8,172.16.0.0/12,192.0.2.0/24");
        builder.environment().put("MAVEN_OPTS", "-Xmx1g");
        assertThat(said(builder.start()).split("\n", -1))
                .containsExactly(
                        "-Dhttp.proxyHost=proxy",
                        "-Dhttp.proxyPort=80",
                        "-Dhttps.proxyHost=proxy.example.com",
                        "-Dhttps.proxyPort=3128",
                        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]|example.com|*.example.com|mirror|*.mirror"
                                + "|10.*|172.*|192.0.2.*",
                        "-Daether.connector.http.useSystemProperties=true",
                        "-Xmx1g");
    }

    @Test
    void whoToldMavenTheWayIsNotOverruled(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "format");
        script(folder.resolve("bin/dpkg-query"), "shift 3; for package; do printf 'installed:%s ' \"$package\"; done");
        script(folder.resolve("bin/mvn"), MAVEN);
        builder.environment().put("https_proxy", "http://proxy.example.com:3128/");
        assertThat(said(builder.start())).contains("-Dhttps.proxyHost=proxy.example.com");
        builder.environment().put("MAVEN_OPTS", "-Dhttps.proxyHost=other");
        assertThat(said(builder.start())).isEqualTo("-Dhttps.proxyHost=other");
        builder.environment().remove("MAVEN_OPTS");
        Path settings = Files.createDirectories(folder.resolve(".m2")).resolve("settings.xml");
        Files.writeString(settings, "<settings><mirrors><mirror><id>own</id></mirror></mirrors></settings>");
        assertThat(said(builder.start())).isEmpty();
        Files.delete(settings);
        builder.environment().put("https_proxy", "http://user:secret@proxy.example.com:3128/");
        assertThat(said(builder.start())).isEmpty();
    }

    /** Of one source, on a machine with all packages; Maven writes down whether the class of the last build was still there. */
    private static Path source(Path folder) throws IOException {
        asRootWithAllPackages(folder);
        Path module = folder.resolve("a clone/model");
        Files.createDirectories(module.resolve("target/classes"));
        script(
                folder.resolve("bin/mvn"),
                "mkdir -p model/target/classes; cd model/target/classes; [ -e A.class ] && echo compiled || echo 'compiled anew'; echo >A.class");
        return Files.writeString(Files.createDirectories(module.resolve("src")).resolve("A.java"), "class A {}");
    }

    /** An archive, and rsync -a, bring the times that files had: the next version's may be older than the last one's build. */
    @Test
    void anOlderSourceThatIsAnotherOneIsBuilt(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "device");
        Path source = source(folder);
        Path log = folder.resolve("a clone/target/build.log");
        assertThat(said(builder.start())).contains("building").endsWith("java firstlight.server.Main device");
        assertThat(said(builder.start())).isEqualTo("java firstlight.server.Main device");
        Files.writeString(source, "class A { }");
        Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
        assertThat(said(builder.start())).contains("building");
        assertThat(log).hasContent("compiled anew");
        Files.writeString(source, "class A {  }"); // newer than the last build: Maven sees it
        assertThat(said(builder.start())).contains("building");
        assertThat(log).hasContent("compiled");
        Files.delete(source);
        assertThat(said(builder.start())).contains("building");
        assertThat(said(builder.start())).isEqualTo("java firstlight.server.Main device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"device", "test --unit"})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // nothing interrupts the opening of a pipe
    void whoComesWhileAnotherOneBuildsOrTestsWaitsForIt(String first, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, first.split(" "));
        source(folder);
        Path begun = folder.resolve("begun");
        Path goOn = folder.resolve("go-on");
        assertThat(new ProcessBuilder("mkfifo", begun.toString(), goOn.toString())
                        .start()
                        .waitFor())
                .isZero();
        script(
                folder.resolve("bin/mvn"),
                "cd '" + folder + "'; [ -e built ] && exit 1; echo >built; echo >begun; cat go-on");
        Process building = builder.start();
        Files.readString(begun);
        builder.command().subList(1, builder.command().size()).clear();
        builder.command().add("device");
        Process second = builder.start();
        String told = second.inputReader().readLine();
        Files.writeString(goOn, "");
        assertThat(told).startsWith("firstlight: another one builds or tests in ");
        said(building);
        assertThat(building.waitFor()).isZero();
        assertThat(second.inputReader().readAllAsString()).isEqualTo("java firstlight.server.Main device\n");
    }

    @Test
    void whatRootBuiltIsNotBuiltAnewByAUserWhoCannotWriteIt(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = byNobody(folder);
        Process process = builder.start();
        assertThat(said(process))
                .contains("another user's (sudo?)", "/a clone/target", "sudo " + folder + "/a clone/firstlight build");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    /** A clone below /opt that is root's. What a build needs is not asked for first, nor is mkdir's word the last. */
    @Test
    void aUserWhoCannotBuildWhatNobodyBuiltIsToldWhoCan(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = byNobody(folder);
        script(folder.resolve("bin/dpkg-query"), "exit 1");
        Path target = folder.resolve("a clone/target");
        Files.delete(target.resolve("built"));
        Files.delete(target);
        Process process = builder.start();
        assertThat(said(process))
                .isEqualTo("firstlight: nothing was built in " + folder
                        + "/a clone yet, and it cannot be written to. Run\n  sudo " + folder
                        + "/a clone/firstlight build");
        assertThat(process.waitFor()).isEqualTo(2);
        script(folder.resolve("bin/id"), "echo 0");
        assertThat(said(builder.start()))
                .as("a file system that is read-only is so for root as well")
                .endsWith("cannot be written to, by root neither: build it as its owner, or build a copy of it");
    }

    /** What is root's, and not built as it is. */
    private static ProcessBuilder byNobody(Path folder) throws IOException {
        ProcessBuilder builder = launcher(folder, "device");
        source(folder);
        script(folder.resolve("bin/id"), "echo 65534");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        command.addAll(builder.command());
        return builder.command(command);
    }

    /** What a test unmounts stayed in use while a test beside it began a namespace, which copies private mounts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"exec \"${@:4}\" | unshare --mount --propagation shared", "exit 1 | no unshare"})
    void testsShareTheirMountsWhereTheyMay(String unshare, String said, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, "test", "--unit");
        source(folder);
        script(folder.resolve("bin/true"), "");
        script(folder.resolve("bin/unshare"), "export asked=\"unshare ${*:1:3}\"; " + unshare);
        script(folder.resolve("bin/mvn"), "echo \"${asked:-no unshare}\"");
        assertThat(said(builder.start())).isEqualTo(said);
    }

    /** Some 1700 files, and more on a cold disk or NFS: each command would wait for each look. */
    @ParameterizedTest
    @ValueSource(strings = {"device", "serve"})
    void theSourcesOfWhatIsBuiltAreListedOnceACommand(String command, @TempDir Path folder) throws Exception {
        ProcessBuilder builder = launcher(folder, command);
        source(folder);
        assertThat(said(builder.start())).contains("building");
        Path find = folder.resolve("bin/find");
        Files.delete(find);
        Path listed = folder.resolve("listed");
        script(find, "echo \"$@\" >>'" + listed + "'; exec /usr/bin/find \"$@\"");
        assertThat(said(builder.start())).doesNotContain("building");
        assertThat(Files.readAllLines(listed)).hasSize(1);
    }

    private static void asRootWithAllPackages(Path folder) throws IOException {
        script(folder.resolve("bin/id"), "echo 0");
        script(folder.resolve("bin/dpkg-query"), "shift 3; for package; do printf 'installed:%s ' \"$package\"; done");
    }
}
