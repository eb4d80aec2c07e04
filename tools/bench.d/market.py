"""A market of any size: noise traders spread over the instruments, one market maker in each."""


def scenario(traders, instruments, ticks):
    """The text of a scenario; a tick is a second, in which every trader wakes up once."""
    parts = [f'name = "market-{traders}-{instruments}"\nticks = {ticks}\ntopics = []\n']
    for number in range(instruments):
        parts.append(f"""
[[instruments]]
name = "S{number}"
start_price = "100.00"

[[processes]]
name = "fair{number}"
instrument = "S{number}"
kind = "random-walk"
deviation = "0.50"

[[agents]]
name = "MM{number}"
type = "market-maker"
cash = "100000.00"
[agents.parameters]
instrument = "S{number}"
fair_value = "fair{number}"
""")
    for number in range(traders):
        parts.append(f"""
[[agents]]
name = "N{number}"
type = "zero-intelligence"
cash = "10000.00"
first_wake = "{number % 1000}ms"
wake_every = "1s"
[agents.parameters]
instrument = "S{number % instruments}"
spread = 60
quantity = 4
market_probability = 0.25
maximum_orders = 20
""")
    return "".join(parts)
