package firstlight.server.access;

import firstlight.policy.access.Role;

/** What a request asks for. A technician's {@link #ACT} reaches the devices of his groups only; see {@link Caller}. */
public enum Permission {
    /** Needs no sign-in. */
    NONE,
    /** Which images there are: who may see anything, and other servers. */
    SEE_IMAGES,
    /** What is in images: other servers, and whoever may take them out anyway. */
    PULL,
    /** What the API shows, but for users, the audit log and exports. */
    SEE,
    /** Works on devices. */
    ACT,
    ADMINISTER;

    boolean isOf(Role role) {
        return switch (this) {
            case NONE, SEE_IMAGES -> true;
            case PULL -> role == Role.PEER || role == Role.ADMINISTRATOR;
            case SEE -> role != Role.PEER;
            case ACT -> role == Role.TECHNICIAN || role == Role.ADMINISTRATOR;
            case ADMINISTER -> role == Role.ADMINISTRATOR;
        };
    }
}
