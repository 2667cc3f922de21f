"""What LLaMA-Factory's own loader and converters make of exported files, told of the columns by dataset_info.json."""

import json
import sys
from types import SimpleNamespace

from llamafactory.data.loader import _load_single_dataset
from llamafactory.data.parser import get_dataset_list
from llamafactory.hparams import DataArguments

question = json.load(sys.stdin)
settings = DataArguments(dataset_dir=question["folder"], overwrite_cache=True)
model = SimpleNamespace(cache_dir=question["cache"], hf_hub_token=None)
training = SimpleNamespace(local_process_index=0)
found = {
    attributes.dataset_name: list(_load_single_dataset(attributes, model, settings, training))
    for attributes in get_dataset_list(question["names"], question["folder"])
}
sys.stdout.write("\nrows: " + json.dumps(found) + "\n")
