"""The four words that stand for the keys of a quarter, computed from what the ledger says of them."""

import hashlib
from collections.abc import Sequence

from narrative.independent.bytes import sha256

SALT = b"narrative words v1"
ROUNDS = 200_000
COUNT = 4

_LIST = """
acorn adult album alley amber anchor angle animal ankle apple apron arch arrow atlas attic autumn badge
bagel bamboo banana barley barn basil basket beach beaver bell bench berry bishop blanket blossom bonnet
book bottle bowl branch brass bread brick bridge bronze brook brush bucket butter button cabin cactus
camel canal candle canoe canvas captain carpet carrot castle cedar cellar chalk cherry chess chimney
cinema circle clay clover coast cobalt coffee comet copper coral corner cotton cradle crane cricket
crown daisy dancer desert diamond dinner doctor dolphin donkey dragon drawer drum eagle earth easel echo
elbow elephant ember engine fabric falcon farmer feather fence ferry fiddle finger flame flute forest
fossil fountain fox garden garlic garnet gate giraffe glove goat goose granite grape guitar hammer
harbour harvest hazel heron hill honey hotel house island ivory jacket jewel jungle kettle kitchen
kitten ladder lake lantern lemon leopard letter lily linen lizard lobster locket magnet maple marble
market meadow melon mirror mitten monkey morning moss mountain museum mustard napkin needle nest nickel
north nutmeg oak oasis ocean olive onion opera orange orchard otter oven owl oyster paddle palace panda
paper parrot parsley pearl pebble pencil penguin pepper piano pigeon pillow pilot planet plum pocket
polar pony poppy potato pumpkin puzzle quartz quill rabbit radio raven ribbon river robin rocket rose
ruby saddle saffron sailor salmon sandal satin scarf school seagull shadow shell shovel silver sister
spider spoon squirrel stable station stone sugar summer sunset table teapot temple thimble thunder tiger
timber tomato tower tulip tunnel turtle valley violin
"""
WORDS = tuple(_LIST.split())


def four_words(key_names: Sequence[str]) -> str:
    """Return the words of a quarter's first round of keys: four bytes of a slow hash, a word for each."""
    chosen = hashlib.pbkdf2_hmac("sha256", sha256("\n".join(key_names).encode()), SALT, ROUNDS, COUNT)
    return " ".join(WORDS[byte] for byte in chosen)
