package firstlight.model;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be had, in words: many a {@link FileSystemException} has its file's name for a message, and nothing else. */
public final class IoReason {
    private IoReason() {}

    /** For a sentence that names the file. */
    public static String of(Exception failure) {
        return switch (failure) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case FileSystemException told when told.getReason() != null -> told.getReason();
            case NoSuchFileException _ -> "there is no such file or folder";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "it is there already";
            case NotDirectoryException _ -> "it is no folder";
            case DirectoryNotEmptyException _ -> "it is not empty";
            default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        };
    }

    /** For a sentence about something larger, of which the file is a part: {@code FILE: REASON}, and of a copy both files. */
    public static String withFile(Exception failure) {
        return switch (failure) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> withFile(wrapped.getCause());
            case FileSystemException told
            when told.getOtherFile() != null -> told.getFile() + " to " + told.getOtherFile() + ": " + of(told);
            case FileSystemException told when told.getFile() != null -> told.getFile() + ": " + of(told);
            default -> of(failure);
        };
    }
}
