package firstlight.image.restore;

/** When a part of an image is written: a restore that ends early leaves no disk that looks whole. */
enum Turn {
    /** Before the partition table. */
    FIRST,
    /** After all else was verified: the first cell of what no table hides till then, and what needs that cell. */
    LAST
}
