"""Attention placement as in PostNAS: which layers of a pretrained language model keep full attention."""
