// Four words that stand for the keys of a quarter. The twin of narrative/ledger/rules/words.py, with the same list.

import { subtle, utf8 } from "../passes/bytes.js";

const SALT = "narrative words v1";
const ROUNDS = 200_000;
const COUNT = 4;

const WORDS = `
acorn adult album alley amber anchor angle animal ankle apple apron arch arrow atlas attic autumn
badge bagel bamboo banana barley barn basil basket beach beaver bell bench berry bishop blanket blossom
bonnet book bottle bowl branch brass bread brick bridge bronze brook brush bucket butter button cabin
cactus camel canal candle canoe canvas captain carpet carrot castle cedar cellar chalk cherry chess chimney
cinema circle clay clover coast cobalt coffee comet copper coral corner cotton cradle crane cricket crown
daisy dancer desert diamond dinner doctor dolphin donkey dragon drawer drum eagle earth easel echo elbow
elephant ember engine fabric falcon farmer feather fence ferry fiddle finger flame flute forest fossil fountain
fox garden garlic garnet gate giraffe glove goat goose granite grape guitar hammer harbour harvest hazel
heron hill honey hotel house island ivory jacket jewel jungle kettle kitchen kitten ladder lake lantern
lemon leopard letter lily linen lizard lobster locket magnet maple marble market meadow melon mirror mitten
monkey morning moss mountain museum mustard napkin needle nest nickel north nutmeg oak oasis ocean olive
onion opera orange orchard otter oven owl oyster paddle palace panda paper parrot parsley pearl pebble
pencil penguin pepper piano pigeon pillow pilot planet plum pocket polar pony poppy potato pumpkin puzzle
quartz quill rabbit radio raven ribbon river robin rocket rose ruby saddle saffron sailor salmon sandal
satin scarf school seagull shadow shell shovel silver sister spider spoon squirrel stable station stone sugar
summer sunset table teapot temple thimble thunder tiger timber tomato tower tulip tunnel turtle valley violin
`.trim().split(/\s+/);

// From the names of the first round of a quarter's keys, in their order.
export async function fourWords(names) {
  const fingerprint = await subtle().digest("SHA-256", utf8(names.join("\n")));
  const key = await subtle().importKey("raw", fingerprint, "PBKDF2", false, ["deriveBits"]);
  const slow = { name: "PBKDF2", hash: "SHA-256", salt: utf8(SALT), iterations: ROUNDS };
  const bytes = new Uint8Array(await subtle().deriveBits(slow, key, 8 * COUNT));
  return Array.from(bytes, (byte) => WORDS[byte]).join(" ");
}
