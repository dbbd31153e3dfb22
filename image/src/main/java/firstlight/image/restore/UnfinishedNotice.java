package firstlight.image.restore;

import firstlight.image.resize.LeftNote;
import firstlight.image.table.TableSectors.Run;
import firstlight.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a BIOS starts from a disk whose restore was not finished, in place of a black screen: a few words, and after half a
 * minute a restart, so that a PC whose server was away when the power came back goes on by itself. It is a boot record without
 * partitions; the image's own takes its place in the end. UEFI firmware finds nothing to start and says so in its own words. A disk
 * that failed has another one, which stays on the screen.
 */
final class UnfinishedNotice {
    static final String WORDS = """
            Firstlight: the restore of this disk was not finished.

            It goes on when this PC starts from the network and its server answers.
            It restarts in 30 seconds to try that. If it does not go on: is the network
            before the disk in its boot order, and does the server run?
            """.replace("\n", "\r\n");

    static final String FAILED = """
            Firstlight: this disk failed while it was being restored.

            It could not be written, or did not keep what was written to it. Nothing
            starts from it. 'firstlight explain' of this PC tells more, at the server.
            Check its cable, or replace it, and restart.
            """.replace("\n", "\r\n");

    private static final int SECTOR = 512;

    /** Runs at 0000:7C00; the words begin behind it, at 7C3D, and end with 0. */
    private static final Bytes CODE = Bytes.ofHex(
            "fa" // cli
                    + "31c0" // xor ax,ax
                    + "8ed8" // mov ds,ax
                    + "8ed0" // mov ss,ax
                    + "bc007c" // mov sp,0x7c00
                    + "fb" // sti
                    + "fc" // cld
                    + "b80300" // mov ax,3: 80 x 25 text, a clear screen
                    + "cd10" // int 0x10
                    + "be3d7c" // mov si,0x7c3d
                    + "ac" // 14: lodsb
                    + "84c0" // test al,al
                    + "7409" // jz 22
                    + "b40e" // mov ah,0xe: a character
                    + "bb0700" // mov bx,7
                    + "cd10" // int 0x10
                    + "ebf2" // jmp 14
                    + "b92202" // 22: mov cx,546: ticks, 18.2 a second
                    + "8b1e6c04" // 25: mov bx,[0x46c]: the BIOS's clock
                    + "f4" // 29: hlt
                    + "3b1e6c04" // cmp bx,[0x46c]
                    + "74f9" // je 29
                    + "e2f3" // loop 25
                    + "c70672043412" // mov word [0x472],0x1234: a warm start
                    + "ea0000ffff"); // jmp 0xffff:0

    /** Likewise, without the restart: nobody is helped by a PC that tries its broken disk all night. Words at 7C25. */
    private static final Bytes FAILED_CODE = Bytes.ofHex(
            CODE.toHex().substring(0, 2 * 0x22).replace("be3d7c", "be257c") // the same up to the end of the words
                    + "f4" // 22: hlt
                    + "ebfd"); // jmp 22

    private UnfinishedNotice() {}

    /** Whether the table, which is written last, takes its place; without one nothing would. */
    static boolean goesAwayWith(List<Run> table, int sectorSize) {
        return table.stream().anyMatch(run -> run.offset() == 0 && run.octets().length() >= sectorSize);
    }

    /** The first sector of a disk on which a restore has begun. */
    static byte[] sector(int sectorSize) {
        return sector(sectorSize, CODE.toArray(), WORDS);
    }

    /** The first sector of a disk whose failure ended its restore. */
    static byte[] failed(int sectorSize) {
        return sector(sectorSize, FAILED_CODE.toArray(), FAILED);
    }

    private static byte[] sector(int sectorSize, byte[] code, String text) {
        byte[] sector = new byte[sectorSize];
        byte[] words = text.getBytes(StandardCharsets.US_ASCII);
        if (code.length + words.length >= LeftNote.AT) { // and behind that the disk's signature, which this has not
            throw new IllegalStateException("the notice is too long");
        }
        System.arraycopy(code, 0, sector, 0, code.length);
        System.arraycopy(words, 0, sector, code.length, words.length);
        sector[SECTOR - 2] = 0x55;
        sector[SECTOR - 1] = (byte) 0xAA;
        return sector;
    }
}
