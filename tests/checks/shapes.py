"""Answers to the exercises of the page shapes, right ones and wrong ones, by what is wrong."""

import torch

JUNK = [None, "", object(), torch.tensor([]), float("nan")]


def _loop(x, keep):
    return torch.stack([row[k == 1].mean(dim=0) for row, k in zip(x, keep, strict=True)])


def _multiply_in_place(x, keep):
    x *= keep[..., None]
    return x.sum(dim=1) / keep.sum(dim=1, keepdim=True)


def _zero_after(heads):
    result = heads.transpose(1, 2).flatten(2).clone()
    heads.zero_()
    return result


def _cat(heads):
    return torch.cat(list(heads.unbind(1)), dim=-1)


def _contiguous_view(heads):
    B, H, T, D = heads.shape
    return heads.transpose(1, 2).contiguous().view(B, T, H * D)


CASES = {
    "shapes-predict": {
        "right": [
            ((4, 2, 3), (2, 2), "error"),
            [torch.Size([4, 2, 3]), [2, 2], None],
            ((4, 2, 3), (2, 2), " Error"),
        ],
        "kind": [*JUNK, lambda: 3, (), (4, 2, 3), ((4, 2, 3), (2, 2), "fails"), ((4.0,), (), ())],
        "count": [((4, 2, 3), (2, 2)), ("error",)],
        "left": [("error", (2, 2), "error"), (None, (2, 1), (4, 2, 3))],
        "first": [((4, 1, 3), (2, 2), "error"), ((4, 2, 1), (2, 2), "error"), ((), (), ())],
        "second": [((4, 2, 3), (2, 1), "error"), ((4, 2, 3), (2,), None), ((4, 2, 3), None, None)],
        "third": [((4, 2, 3), (2, 2), (4, 2, 3)), ((4, 2, 3), (2, 2), (4, 1, 2))],
    },
    "shapes-average": {
        "right": [
            lambda x, keep: (x * keep[..., None]).sum(1) / keep.sum(1, keepdim=True),
            lambda x, keep: (keep[:, None] @ x)[:, 0] / keep.sum(dim=1)[:, None],
            lambda x, keep: torch.einsum("btc,bt->bc", x, keep) / keep.sum(1)[:, None],
            _loop,
        ],
        "kind": [*JUNK, torch.zeros(3)],
        "fails": [lambda: 3, lambda x, keep: x @ keep.x, lambda x, keep: torch.cat([x, keep])],
        "returns": [lambda x, keep: None, lambda x, keep: x.tolist()],
        "changed": [_multiply_in_place],
        "everything": [lambda x, keep: x.mean(dim=1)],
        "zeros": [lambda x, keep: (x * keep[..., None]).mean(dim=1)],
        "sum": [lambda x, keep: (x * keep[..., None]).sum(dim=1)],
        "total": [lambda x, keep: (x * keep[..., None]).sum(dim=1) / keep.sum()],
        "counts": [lambda x, keep: (x * keep[..., None]).sum(dim=1) / keep.sum(dim=1)],
        "aligned": [
            lambda x, keep: (x * keep).sum(dim=1) / keep.sum(dim=1, keepdim=True),
            lambda x, keep: (x * keep).sum(dim=1) / keep.sum(dim=1),
            lambda x, keep: (x * keep).mean(dim=1),
        ],
        "shape": [lambda x, keep: x * keep[..., None], lambda x, keep: torch.zeros(())],
        "other": [
            lambda x, keep: -(x * keep[..., None]).sum(1) / keep.sum(1, keepdim=True),
            lambda x, keep: x.mean(dim=1).to("meta"),
        ],
    },
    "shapes-scores": {
        "right": [
            "bhqd,bhkd->bhqk",
            "bhtd, bhsd -> bhts",
            "BHqd,BHkd->BHqk",
            "...qd,...kd->...qk",
            "b h i d, b h j d -> b h i j",
        ],
        "kind": [*JUNK, lambda q, k: q @ k.mT, "bhqd", "bhqd->bhkd,bhqk", ("bhqd", "bhkd"), 3],
        "arrow": ["bhqd,bhkd", "bhqd,bhkd=bhqk"],
        "same-position": ["bhtd,bhtd->bhtt", "b h t d, b h t d -> b h t", "bhtd,bhtd->bht"],
        "fails": ["bhqd,bhkd->bhqz", "qd,kd->qk", "bhdq,bhkd->bhqk", "á,é->í", ",->"],
        "unsummed": ["bhqd,bhkd->bhqkd"],
        "summed": ["bhqd,bhkd->bqk", "bhqd,bhkd->", "bhqd,bhkd->bhq"],
        "swapped": ["bhqd,bhkd->bhkq"],
        "other": ["bhqd,ahkd->bhqk", "bhqd,bgkd->bgqk", "bhqe,bhkd->bhqk"],
    },
    "shapes-merge": {
        "right": [
            lambda heads: heads.transpose(1, 2).reshape(heads.shape[0], heads.shape[2], -1),
            lambda heads: heads.transpose(1, 2).flatten(2),
            _contiguous_view,
            _cat,
        ],
        "kind": [*JUNK, torch.zeros(2)],
        "fails": [
            lambda: 3,
            lambda heads: heads.transpose(1, 2).reshape(2, 4, 15),
            lambda heads: heads.x,
        ],
        "view": [
            lambda heads: heads.transpose(1, 2).view(heads.shape[0], heads.shape[2], -1),
            lambda heads: heads.contiguous().transpose(1, 2).view(len(heads), heads.shape[2], -1),
        ],
        "returns": [lambda heads: None],
        "changed": [_zero_after],
        "shape": [
            lambda heads: heads.transpose(1, 2),
            lambda heads: heads.flatten(2),
            lambda heads: heads.transpose(1, 2).reshape(-1),
        ],
        "scrambled": [lambda heads: heads.reshape(heads.shape[0], heads.shape[2], -1)],
        "channels": [lambda heads: heads.permute(0, 2, 3, 1).flatten(2)],
        "other": [
            lambda heads: heads.transpose(1, 2).flatten(2).flip(-1),
            lambda heads: heads.transpose(1, 2).flatten(2) * 1j,
        ],
    },
}
