package firstlight.environment;

import java.nio.file.Path;
import java.util.Optional;

/** A finished imaging environment: the files that a PC loads. {@code updates} are absent when no folder was given. */
public record Environment(Path vmlinuz, Path initramfs, Optional<Path> updates, Report report) {}
