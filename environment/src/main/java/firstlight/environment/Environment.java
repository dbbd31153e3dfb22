package firstlight.environment;

import java.nio.file.Path;

/** A finished imaging environment, and what it is made of. */
public record Environment(Path initramfs, Report report) {}
