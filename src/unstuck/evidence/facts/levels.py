"""How many values of a target are listed, and how many may be classes."""

#: More distinct values than this are counted but not listed: nobody trains on more classes than
#: this without sampling, and listing them would hold the target itself.
LEVELS_LISTED = 2000

#: A class target rarely has more levels than this (ImageNet has 1,000); more are numbers.
MOST_CLASSES = 1000
