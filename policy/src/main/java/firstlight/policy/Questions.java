package firstlight.policy;

import java.time.Instant;
import java.util.Set;

/** The questions to persons about who a PC is. */
public interface Questions {
    /**
     * Opens {@code question}, or finds the open one with the same {@link Question#shown} again and notes that it was seen. Its
     * number is given by the repository.
     */
    Question ask(Question question, Instant now);

    /** Whether a question is open of a PC that showed all of {@code marks}, and perhaps more. */
    boolean isOpen(Set<IdentityKey> marks);
}
