/**
 * What a Windows remembers of where its partitions lie (BCD and MountedDevices) and of what it is called, in hives of its
 * registry and in answer files.
 */
@NullMarked
package firstlight.image.windows;

import org.jspecify.annotations.NullMarked;
