"""HW-GPT-Bench: language models of GPT's kind and what they cost on devices."""
