"""The networks in torch. A net's `forward` takes the model's inputs in their order, then the states that are carried from call to call if there are any, and
gives the logits, followed by the new states. Where one network can be written in several ways, `take(form)` chooses one (see `cells`)."""
