package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosureTest {
    private static final String LIB = "usr/lib/x86_64-linux-gnu/";
    private static final String MODULES = "usr/lib/modules/6.1.0-1-amd64/";

    @TempDir
    Path folder;

    private Path libc;
    private Path tools;

    @BeforeEach
    void twoPackages() throws IOException {
        libc = folder.resolve("libc6");
        tools = folder.resolve("tools");
        // The older layout: /lib apart from /usr/lib, and an absolute link to the loader.
        ElfFiles.program(libc.resolve("lib/x86_64-linux-gnu/libc.so.6"));
        ElfFiles.program(libc.resolve("lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"));
        Files.createDirectories(libc.resolve("lib64"));
        Files.createSymbolicLink(
                libc.resolve("lib64/ld-linux-x86-64.so.2"), Path.of("/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"));
        ElfFiles.program(libc.resolve("lib/x86_64-linux-gnu/libgcc_s.so.1"), "libc.so.6");
        ElfFiles.program(tools.resolve(LIB + "libdisk.so.1.2.3"), "libc.so.6", "libparts.so.9");
        Files.createSymbolicLink(tools.resolve(LIB + "libdisk.so.1"), Path.of("libdisk.so.1.2.3"));
        ElfFiles.program(tools.resolve(LIB + "libparts.so.9"), "libc.so.6");
        ElfFiles.program(tools.resolve("sbin/disktool"), "libdisk.so.1");
    }

    @Test
    void aProgramBringsItsLibrariesAndTheirLinksFromAllPackages() throws IOException {
        Tree tree = new Tree();
        LibraryClosure closure = new LibraryClosure(Packages.of(List.of(libc, tools)), tree).addRunTime();
        assertThat(closure.addFile("usr/sbin/disktool")).isTrue();
        assertThat(tree.nodes().keySet())
                .contains(
                        "usr/sbin/disktool",
                        LIB + "libdisk.so.1",
                        LIB + "libdisk.so.1.2.3",
                        LIB + "libparts.so.9",
                        LIB + "libc.so.6",
                        LIB + "libgcc_s.so.1",
                        "usr/lib64/ld-linux-x86-64.so.2",
                        LIB + "ld-linux-x86-64.so.2");
    }

    @Test
    void namesWhatNoPackageHas() throws IOException {
        Tree tree = new Tree();
        LibraryClosure closure = new LibraryClosure(Packages.of(List.of(tools)), tree);
        assertThat(closure.addFile("usr/sbin/disktool")).isTrue();
        assertThat(closure.addFile("usr/sbin/absent")).isFalse();
        closure.addLibraries(List.of("libjvm.so"), Set.of("libjvm.so"));
        assertThat(closure.missing()).containsExactly("libc.so.6");
    }

    @Test
    void whatIsNoElfFileNeedsNothing() throws IOException {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n".repeat(20));
        assertThat(Elf.read(script)).isEmpty();
        byte[] cut = Files.readAllBytes(tools.resolve("sbin/disktool"));
        assertThat(Elf.read(Files.write(folder.resolve("cut"), Arrays.copyOf(cut, 100))))
                .isEmpty();
    }

    @Test
    void aChosenModuleBringsWhatItNeedsAndTheIndexSaysInWhichOrder() throws IOException {
        Path kernel = folder.resolve("kernel");
        Path modules = kernel.resolve("lib/modules/6.1.0-1-amd64/kernel");
        ElfFiles.module(
                modules.resolve("net/r8169.ko"),
                "depends=mdio-bus,libphy",
                "softdep=pre: realtek",
                "alias=pci:v000010ECd00008168sv*",
                "firmware=rtl_nic/rtl8168h-2.fw");
        ElfFiles.module(modules.resolve("net/libphy.ko"), "depends=");
        ElfFiles.module(modules.resolve("net/mdio-bus.ko"), "depends=libphy");
        ElfFiles.module(modules.resolve("net/realtek.ko"), "depends=libphy");
        ElfFiles.module(modules.resolve("sound/snd.ko"), "depends=");
        KernelModules chosen = KernelModules.of(Packages.of(List.of(kernel)), MODULES);
        chosen.choose(List.of("kernel/net/", "-kernel/net/realtek"));
        assertThat(chosen.files().keySet())
                .containsExactlyInAnyOrder(
                        "kernel/net/r8169.ko",
                        "kernel/net/libphy.ko",
                        "kernel/net/mdio-bus.ko",
                        "kernel/net/realtek.ko");
        assertThat(chosen.dependencies().lines())
                .contains(
                        "kernel/net/libphy.ko:",
                        "kernel/net/mdio-bus.ko: kernel/net/libphy.ko",
                        "kernel/net/r8169.ko: kernel/net/mdio-bus.ko kernel/net/realtek.ko kernel/net/libphy.ko");
        assertThat(chosen.loadingOrder())
                .containsExactly(
                        "kernel/net/libphy.ko",
                        "kernel/net/mdio-bus.ko",
                        "kernel/net/realtek.ko",
                        "kernel/net/r8169.ko");
        assertThat(chosen.aliases()).isEqualTo("alias pci:v000010ECd00008168sv* r8169\n");
        assertThat(chosen.firmware()).containsExactly("rtl_nic/rtl8168h-2.fw");
    }

    @Test
    void aModuleOfSomebodysOwnMustBeBuiltForTheKernel() throws Exception {
        Path own = folder.resolve("nic.ko");
        ElfFiles.module(own, "vermagic=6.1.0-1-amd64 SMP preempt mod_unload modversions", "depends=");
        KernelModules modules = KernelModules.of(Packages.of(List.of()), MODULES);
        assertThat(modules.add("updates/nic.ko", own, "6.1.0-1-amd64")).isEqualTo("updates/nic.ko");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> modules.add("updates/nic.ko", own, "6.12.1-amd64"))
                .hasMessageContaining("a module for kernel 6.1.0-1-amd64");
    }
}
