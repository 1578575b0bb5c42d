"""What a pathway can say, as frozen models: one idea per file. `procedures.schema` gathers them."""
