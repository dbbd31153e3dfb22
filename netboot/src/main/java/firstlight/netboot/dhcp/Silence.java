package firstlight.netboot.dhcp;

/**
 * Why a packet is not answered.
 *
 * @param detail what in the packet or the decision it was, for people
 */
public record Silence(Reason reason, String detail) implements ProxyDhcp.Reading, ProxyDhcp.Outcome {
    public enum Reason {
        NOT_A_REQUEST("a reply"),
        NOT_PXE("no PXE or HTTP Boot client"),
        NO_MESSAGE_TYPE("BOOTP, or no message type"),
        THE_DHCP_SERVERS_BUSINESS("about a lease"),
        FOR_ANOTHER_SERVER("a menu item of another boot server"),
        UNKNOWN_BOOT_SERVER_TYPE("a boot server type that is not ours"),
        CREDENTIALS_WANTED("signed boot (BIS) is asked for"),
        NO_BOOT_PROGRAM("no boot program for this architecture"),
        DECIDED("decided so"),
        GOES_ON_BY_ITSELF("this firmware goes on to its local disk when nobody answers");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** Worth an event: the client is one of ours, and somebody may ask why it did not boot. */
        public boolean isAboutOurClient() {
            return switch (this) {
                case NOT_A_REQUEST, NOT_PXE, NO_MESSAGE_TYPE, THE_DHCP_SERVERS_BUSINESS, FOR_ANOTHER_SERVER -> false;
                case UNKNOWN_BOOT_SERVER_TYPE, CREDENTIALS_WANTED, NO_BOOT_PROGRAM, DECIDED, GOES_ON_BY_ITSELF -> true;
            };
        }
    }

    static Silence because(Reason reason, Object detail) {
        return new Silence(reason, detail.toString());
    }

    @Override
    public String toString() {
        return reason.text() + (detail.isEmpty() ? "" : ": " + detail);
    }
}
