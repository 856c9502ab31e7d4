"""A LangChain agent: python examples/langchain_agent.py

With a real model: init_chat_model("anthropic:claude-haiku-5-5") in place of chat_model().
"""

import tempfile

from langchain.agents import create_agent
from langgraph.checkpoint.memory import InMemorySaver
from offline import chat_model

DIRECTORY = tempfile.mkdtemp()

agent = create_agent(
    chat_model(),
    system_prompt="You are a guide to the city.",
    checkpointer=InMemorySaver(),
)


def say(text: str, user: str, thread: str) -> None:
    """A turn of a user in a thread."""
    config = {"configurable": {"user_id": user, "thread_id": thread}}
    answer = agent.invoke({"messages": [("user", text)]}, config)
    print(f"{user}, {thread}> {text}\n{answer['messages'][-1].text}\n")


say("I am Mara, and I moved to Porto in May.", "mara", "monday")
say("Where did I move to?", "mara", "friday")
say("Where did I move to?", "rui", "friday")
