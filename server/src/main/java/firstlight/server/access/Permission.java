package firstlight.server.access;

import firstlight.policy.access.Role;

/** What a request asks for. A technician's {@link #ACT} reaches the devices of his groups only; see {@link Caller}. */
public enum Permission {
    /** Needs no sign-in. */
    NONE,
    SEE,
    /** Works on devices. */
    ACT,
    ADMINISTER;

    boolean isOf(Role role) {
        return switch (this) {
            case NONE, SEE -> true;
            case ACT -> role != Role.VIEWER;
            case ADMINISTER -> role == Role.ADMINISTRATOR;
        };
    }
}
