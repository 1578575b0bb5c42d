"""Every way a pathway can go, without a clock: which steps begin, which outcomes are reached, and what leads nowhere.

The order in which steps end does not matter to what begins and how the pathway ends; so the steps are taken once, in
the order of their needs, and what no later step asks about is forgotten. So the exploration is exhaustive and small.

What people may do to any pathway at any time is not looked at: a consent that is refused or taken back, a case or a
pathway that is cancelled. Then steps are left out, and the pathway ends as `ended` where no outcome holds.
"""
