"""How byte-pair encoding learns its merges, without counting everything again after each.

Chapter: tokenization.  Source: Sennrich et al. (2016), section 3.2 and algorithm 1.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

import regex

from torchbook.bpe import BPE, GPT2
from torchbook.tokenizer import to_bytes

Pair = tuple[int, int]


def train_bpe(text: str, vocab_size: int, pattern: str = GPT2) -> BPE:
    """A BPE of the 256 bytes and of the pairs that are most frequent within the pieces of a text.

    Fewer tokens than asked for if nothing is left to join; ValueError for a vocab_size below 256.
    Chapter: tokenization.

    >>> tokenizer = train_bpe("low lower lowest", vocab_size=259)
    >>> tokenizer.encode("slow"), tokenizer.tokens[257]
    ([115, 257], b'low')
    """
    if vocab_size < 256:
        raise ValueError(f"vocab_size={vocab_size}: the bytes alone are 256 tokens, ask for more")
    pieces = Counter(regex.findall(pattern, text))
    words = {to_bytes(piece): n for piece, n in pieces.items()}
    tokens = [bytes([byte]) for byte in range(256)]
    merges = []
    for a, b in learn_merges(words, vocab_size - 256):
        merges.append((tokens[a], tokens[b]))
        tokens.append(tokens[a] + tokens[b])
    return BPE({token: i for i, token in enumerate(tokens)}, merges, pattern)


def learn_merges(words: Mapping[bytes, int], n_merges: int) -> list[Pair]:
    """The pairs of ids to join, in order: each time the pair that is most often side by side.

    words {word: how often it occurs}; ids below 256 are bytes, 256 + i is what merge i makes.  Of
    pairs that are equally frequent, the smallest ids win, so that the result does not depend on
    the order of the words.  Fewer merges if every word has become one token.  1 MB of text and
    2,000 merges take about 1 s.
    Source: Sennrich et al. (2016), algorithm 1.  Chapter: tokenization.

    >>> learn_merges({b"low": 5, b"lot": 2}, n_merges=2)  # l o, then lo w
    [(108, 111), (256, 119)]
    """
    spelled = [list(word) for word in words]
    times = list(words.values())
    count: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)  # the words that have, or had, the pair
    for i, ids in enumerate(spelled):
        for pair in pairwise(ids):
            count[pair] += times[i]
            where[pair].add(i)
    queue = [(-n, pair) for pair, n in count.items()]  # the most frequent first
    heapq.heapify(queue)
    merges: list[Pair] = []
    while queue and len(merges) < n_merges:
        n, pair = heapq.heappop(queue)
        if -n != count[pair]:  # it was counted before other merges took some away
            if count[pair] > 0:
                heapq.heappush(queue, (-count[pair], pair))
            continue
        new = 256 + len(merges)
        merges.append(pair)
        change: Counter[Pair] = Counter()
        for i in where.pop(pair):
            spelled[i] = ids = join(spelled[i], pair, new, times[i], change)
            for near in pairwise(ids):
                if new in near:
                    where[near].add(i)
        for near, n in change.items():
            count[near] += n
            if new in near and n > 0:
                heapq.heappush(queue, (-n, near))
    return merges


def join(ids: list[int], pair: Pair, new: int, times: int, change: Counter[Pair]) -> list[int]:
    """The ids with every `pair`, from the left, made `new`; what that adds to the counts of pairs.

    >>> change = Counter()
    >>> join([1, 2, 3], (1, 2), new=256, times=5, change=change), dict(change)
    ([256, 3], {(2, 3): -5, (256, 3): 5})
    """
    joined: list[int] = []
    i, last = 0, len(ids) - 1
    while i <= last:
        if i < last and ids[i] == pair[0] and ids[i + 1] == pair[1]:
            if joined:
                change[joined[-1], pair[0]] -= times
                change[joined[-1], new] += times
            if i + 1 < last:
                change[pair[1], ids[i + 2]] -= times
                change[new, ids[i + 2]] += times
            joined.append(new)
            i += 2
        else:
            joined.append(ids[i])
            i += 1
    return joined
