tapedeck import lobster ../fixtures/lobster/MADE_2020-01-01_34200000_37800000_message_2.csv --orderbook ../fixtures/lobster/MADE_2020-01-01_34200000_37800000_orderbook_2.csv
