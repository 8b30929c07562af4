"""PyTorch with torch.compile (inductor)."""
from engines import torch_eager


class load(torch_eager.load):
    compiled = True
