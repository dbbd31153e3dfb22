package firstlight.netboot.preboot;

import firstlight.model.Facts;

/**
 * What every script needs to know of the server.
 *
 * @param title above the menu
 * @param menuSeconds after which a menu goes the automatic way by itself; 0 waits for ever
 * @param pin SHA-256 of the engine port's certificate, hexadecimal
 */
public record ScriptSettings(String title, int menuSeconds, int httpPort, int enginePort, String pin) {

    /** The same, as one client reaches it: {@code host} is the server's address on the client's network. */
    At at(String host) {
        return new At(this, host, false);
    }

    /** @param lockStep whether large files go by TFTP, see {@link LockStepCards} */
    record At(ScriptSettings site, String host, boolean lockStep) {
        At forDevice(Facts facts) {
            return new At(site, host, LockStepCards.isOne(facts));
        }

        /** The URL of kernel or initramfs for iPXE. */
        String largeFile(String name) {
            return lockStep ? tftp(name) : url(name);
        }

        /** The URL of a name in the boot-file namespace; a URL stays as it is. */
        String url(String name) {
            return name.contains("://") ? name : "http://" + host + ":" + site.httpPort + "/" + Escape.path(name);
        }

        String tftp(String name) {
            return name.contains("://") ? name : "tftp://" + host + "/" + Escape.path(name);
        }
    }
}
