import Agents
import TapedeckCommand

Tapedeck<BuiltInAgents>.run()
