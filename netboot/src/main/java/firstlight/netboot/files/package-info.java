/** The boot files: one namespace of files on disk and of entries made for one requester; TFTP and HTTP are its doors. */
@NullMarked
package firstlight.netboot.files;

import org.jspecify.annotations.NullMarked;
